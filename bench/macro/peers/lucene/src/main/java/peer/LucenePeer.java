package peer;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.BytesTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.MergeTrigger;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.misc.index.BPIndexReorderer;
import org.apache.lucene.misc.index.BPReorderingMergePolicy;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopScoreDocCollectorManager;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.BytesRef;

/**
 * Lucene as a peer of the search comparison; README.md says how to build and start it.
 *
 * <pre>
 *   index DIR [--threads N] [--reorder] [--min-df N] [--bp-ram MB] [--ram MB] &lt; corpus.jsonl
 *   query DIR [--k1 X] [--b X]     COMMAND&lt;TAB&gt;query a line in, one integer a line out
 * </pre>
 */
public final class LucenePeer {
    private static final String FIELD = "text";

    private LucenePeer() {}

    public static void main(String[] args) throws Exception {
        if (args.length < 2) usage("too few arguments");
        Options options = new Options(args);
        switch (args[0]) {
            case "index" -> index(Path.of(args[1]), options);
            case "query" -> query(Path.of(args[1]), options);
            default -> usage(args[0]);
        }
    }

    private static void usage(String wrong) {
        System.err.println("wrong: " + wrong + """

                usage: index DIR [--threads N] [--reorder] [--min-df N] [--bp-ram MB] [--ram MB] < corpus.jsonl
                       query DIR [--k1 X] [--b X]""");
        System.exit(2);
    }

    private static final class Options {
        int threads = 1;
        boolean reorder = false;
        int minDocFreq = BPIndexReorderer.DEFAULT_MIN_DOC_FREQ;
        double reorderMegabytes = 512;
        double megabytes = 1024;
        float k1 = 1.2f;
        float b = 0.75f;

        Options(String[] args) {
            for (int i = 2; i < args.length; i++) {
                String name = args[i];
                if (name.equals("--reorder")) {
                    reorder = true;
                    continue;
                }
                if (++i == args.length) usage(name);
                switch (name) {
                    case "--threads" -> threads = Integer.parseInt(args[i]);
                    case "--min-df" -> minDocFreq = Integer.parseInt(args[i]);
                    case "--bp-ram" -> reorderMegabytes = Double.parseDouble(args[i]);
                    case "--ram" -> megabytes = Double.parseDouble(args[i]);
                    case "--k1" -> k1 = Float.parseFloat(args[i]);
                    case "--b" -> b = Float.parseFloat(args[i]);
                    default -> usage(name);
                }
            }
            if (threads < 1) usage("--threads");
        }
    }

    // ---------------------------------------------------------------- index

    private static void index(Path path, Options options) throws Exception {
        long start = System.nanoTime();
        MergePolicy merges = new OnePass(options.reorder);
        if (options.reorder) {
            BPIndexReorderer reorderer = new BPIndexReorderer();
            reorderer.setMinDocFreq(options.minDocFreq);
            reorderer.setRAMBudgetMB(options.reorderMegabytes);
            merges = new BPReorderingMergePolicy(merges, reorderer);
        }
        // One thread runs the merge; a merge that can use more (the reordering) gets up to threads - 1 besides.
        ConcurrentMergeScheduler scheduler = new ConcurrentMergeScheduler();
        scheduler.setMaxMergesAndThreads(options.threads + 6, options.threads + 1);
        IndexWriterConfig config = new IndexWriterConfig()
                .setOpenMode(IndexWriterConfig.OpenMode.CREATE)
                .setSimilarity(new BM25Similarity(options.k1, options.b))
                .setRAMBufferSizeMB(options.megabytes)
                .setUseCompoundFile(false)
                .setMergePolicy(merges)
                .setMergeScheduler(scheduler);
        long fed;
        long merged;
        try (Directory directory = new MMapDirectory(path); IndexWriter writer = new IndexWriter(directory, config)) {
            feed(writer, options.threads);
            fed = System.nanoTime();
            writer.forceMerge(1);
            merged = System.nanoTime();
            writer.commit();
        }
        long done = System.nanoTime();
        report(path, options.reorder);
        System.err.printf(Locale.ROOT, "seconds: feed and index %.2f, forceMerge %.2f, total %.2f%n",
                (fed - start) / 1e9, (merged - fed) / 1e9, (done - start) / 1e9);
    }

    /** Index all of standard input, and write out what is then still in memory. */
    private static void feed(IndexWriter writer, int threads) throws Exception {
        BlockingQueue<Lines> queue = new ArrayBlockingQueue<>(2 * threads);
        List<Thread> workers = inThreads(threads, () -> {
            Adder adder = new Adder(writer);
            for (Lines lines; (lines = queue.take()) != Lines.END; ) adder.add(lines);
        });
        LineReader reader = new LineReader(System.in);
        for (Lines lines; (lines = reader.next()) != Lines.END; ) queue.put(lines);
        for (int i = 0; i < threads; i++) queue.put(Lines.END);
        for (Thread worker : workers) worker.join();
        // A full flush writes one thread's segment after the other; so each thread takes one first.
        for (Thread worker : inThreads(threads, writer::flushNextBuffer)) worker.join();
        writer.flush();
    }

    private interface Task {
        void run() throws Exception;
    }

    private static List<Thread> inThreads(int threads, Task task) {
        List<Thread> started = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(() -> {
                try {
                    task.run();
                } catch (Throwable e) {
                    e.printStackTrace();
                    Runtime.getRuntime().halt(1);
                }
            });
            thread.setDaemon(true);
            thread.start();
            started.add(thread);
        }
        return started;
    }

    /** Whole lines of the input. */
    private record Lines(byte[] bytes, int length) {
        static final Lines END = new Lines(new byte[0], 0);
    }

    private static final class LineReader {
        private static final int BLOCK = 1 << 20;

        private final InputStream in;
        private byte[] rest = new byte[0]; // the part of a line at the end of the last block

        LineReader(InputStream in) {
            this.in = in;
        }

        Lines next() throws IOException {
            byte[] bytes = Arrays.copyOf(rest, Math.max(BLOCK, 2 * rest.length));
            int length = rest.length;
            while (true) {
                int asked = bytes.length - length;
                int got = in.readNBytes(bytes, length, asked);
                length += got;
                if (got < asked) { // the end, where the last line may lack its newline
                    rest = new byte[0];
                    return length == 0 ? Lines.END : new Lines(bytes, length);
                }
                int end = length;
                while (end > 0 && bytes[end - 1] != '\n') end--;
                if (end > 0) {
                    rest = Arrays.copyOfRange(bytes, end, length);
                    return new Lines(bytes, end);
                }
                bytes = Arrays.copyOf(bytes, 2 * bytes.length); // a line longer than the block
            }
        }
    }

    /** Adds documents; one for each thread, since it uses the same field and stream for all of them. */
    private static final class Adder {
        private static final byte[] KEY = "\"text\": \"".getBytes(StandardCharsets.US_ASCII);

        private final IndexWriter writer;
        private final Words words = new Words();
        private final List<Field> document = List.of(new Field(FIELD, words, TextField.TYPE_NOT_STORED));

        Adder(IndexWriter writer) {
            this.writer = writer;
        }

        void add(Lines lines) throws IOException {
            byte[] bytes = lines.bytes;
            for (int from = 0, to; from < lines.length; from = to + 1) {
                to = from;
                while (to < lines.length && bytes[to] != '\n') to++;
                if (to == from) continue;
                int text = from;
                while (text + KEY.length <= to
                        && !Arrays.equals(bytes, text, text + KEY.length, KEY, 0, KEY.length)) text++;
                text += KEY.length;
                int end = to - 1;
                while (end >= text && bytes[end] != '"') end--;
                if (end < text) {
                    throw new IOException("no text in: " + new String(bytes, from, to - from, StandardCharsets.UTF_8));
                }
                words.set(bytes, text, end);
                writer.addDocument(document);
            }
        }
    }

    /** The words between spaces, taken as they are: in a-z a byte is a character, so nothing is decoded. */
    private static final class Words extends TokenStream {
        private final BytesTermAttribute term = addAttribute(BytesTermAttribute.class);
        private final PositionIncrementAttribute increment = addAttribute(PositionIncrementAttribute.class);
        private final BytesRef word = new BytesRef();
        private int next;
        private int end;

        void set(byte[] bytes, int from, int to) {
            word.bytes = bytes;
            next = from;
            end = to;
        }

        @Override
        public void reset() {
            term.setBytesRef(word); // end() has cleared it
        }

        @Override
        public boolean incrementToken() {
            byte[] bytes = word.bytes;
            int skipped = 0;
            while (true) {
                int from = next;
                while (from < end && bytes[from] == ' ') from++;
                if (from == end) return false;
                int to = from + 1;
                while (to < end && bytes[to] != ' ') to++;
                next = to;
                if (to - from <= IndexWriter.MAX_TERM_LENGTH) {
                    word.offset = from;
                    word.length = to - from;
                    increment.setPositionIncrement(1 + skipped);
                    return true;
                }
                skipped++; // longer than Lucene can index
            }
        }
    }

    /**
     * No merge while indexing, then a single one of all segments. When that is to reorder the documents, it is also
     * done to a lone segment, which a forced merge by Lucene's own policies would leave as it is.
     */
    private static final class OnePass extends MergePolicy {
        private final boolean evenOne;

        OnePass(boolean evenOne) {
            this.evenOne = evenOne;
        }

        @Override
        public MergeSpecification findMerges(MergeTrigger trigger, SegmentInfos infos, MergeContext context) {
            return null;
        }

        @Override
        public MergeSpecification findFullFlushMerges(MergeTrigger trigger, SegmentInfos infos, MergeContext context) {
            return null;
        }

        @Override
        public MergeSpecification findForcedDeletesMerges(SegmentInfos infos, MergeContext context) {
            return null;
        }

        @Override
        public MergeSpecification findForcedMerges(
                SegmentInfos infos, int most, Map<SegmentCommitInfo, Boolean> wanted, MergeContext context) {
            if (!context.getMergingSegments().isEmpty()) return null;
            List<SegmentCommitInfo> segments = new ArrayList<>();
            boolean original = false; // or only what this merge has made
            for (SegmentCommitInfo info : infos) {
                if (wanted.containsKey(info)) {
                    segments.add(info);
                    original |= wanted.get(info);
                }
            }
            if (segments.isEmpty() || (segments.size() == 1 && !(evenOne && original))) return null;
            MergeSpecification merges = new MergeSpecification();
            merges.add(new OneMerge(segments));
            return merges;
        }

        @Override
        public boolean useCompoundFile(SegmentInfos infos, SegmentCommitInfo merged, MergeContext context) {
            return false;
        }
    }

    private static void report(Path path, boolean reorder) throws IOException {
        try (Directory directory = new MMapDirectory(path); DirectoryReader reader = DirectoryReader.open(directory)) {
            long bytes = 0;
            for (String file : directory.listAll()) bytes += directory.fileLength(file);
            boolean reordered = true;
            for (LeafReaderContext leaf : reader.leaves()) {
                var info = ((SegmentReader) leaf.reader()).getSegmentInfo().info;
                reordered &= "true".equals(info.getDiagnostics().get("bp.reordered"));
            }
            System.err.printf(Locale.ROOT, "%d documents, %d segment(s), %d bytes%s%n",
                    reader.numDocs(), reader.leaves().size(), bytes, reorder && reordered ? ", reordered" : "");
            // The merge policy leaves the order as it is, without a word, when its memory isn't enough.
            if (reorder && !reordered) throw new IllegalStateException("not reordered; try a larger --bp-ram");
        }
    }

    // ---------------------------------------------------------------- query

    private static void query(Path path, Options options) throws IOException {
        try (Directory directory = new MMapDirectory(path);
                DirectoryReader reader = DirectoryReader.open(directory);
                FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
            IndexSearcher searcher = new IndexSearcher(reader);
            searcher.setQueryCache(null);
            searcher.setSimilarity(new BM25Similarity(options.k1, options.b));
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line; (line = in.readLine()) != null; ) {
                int tab = line.indexOf('\t');
                String answer = tab < 0
                        ? "UNSUPPORTED"
                        : answer(searcher, line.substring(0, tab), line.substring(tab + 1));
                out.write((answer + "\n").getBytes(StandardCharsets.US_ASCII)); // not buffered
            }
        }
    }

    private static String answer(IndexSearcher searcher, String command, String text) throws IOException {
        if (command.equals("COUNT")) return Integer.toString(searcher.count(parse(text)));
        return switch (command) {
            case "TOP_10" -> hits(searcher, text, 10);
            case "TOP_100" -> hits(searcher, text, 100);
            case "TOP_1000" -> hits(searcher, text, 1000);
            case "TOP_100_COUNT" -> Long.toString(top(searcher, text, 100, Integer.MAX_VALUE).totalHits.value());
            default -> "UNSUPPORTED";
        };
    }

    private static String hits(IndexSearcher searcher, String text, int k) throws IOException {
        return Integer.toString(top(searcher, text, k, k).scoreDocs.length);
    }

    /** The best k; hits beyond {@code exact} need not be counted, and so can be skipped. */
    private static TopDocs top(IndexSearcher searcher, String text, int k, int exact) throws IOException {
        return searcher.search(parse(text), new TopScoreDocCollectorManager(k, null, exact));
    }

    /** Words and quoted phrases, each with an optional + or - before it. */
    private static Query parse(String text) {
        BooleanQuery.Builder all = new BooleanQuery.Builder();
        Query only = null;
        int clauses = 0;
        for (int at = 0; at < text.length(); ) {
            char c = text.charAt(at);
            if (c == ' ') {
                at++;
                continue;
            }
            Occur occur = c == '+' ? Occur.MUST : c == '-' ? Occur.MUST_NOT : Occur.SHOULD;
            if (occur != Occur.SHOULD) at++;
            boolean quoted = at < text.length() && text.charAt(at) == '"';
            if (quoted) at++;
            int end = text.indexOf(quoted ? '"' : ' ', at);
            if (end < 0) end = text.length();
            Query clause = quoted ? phrase(text.substring(at, end)) : word(text.substring(at, end));
            at = end + 1;
            all.add(clause, occur);
            only = occur == Occur.MUST_NOT ? null : clause;
            clauses++;
        }
        return clauses == 1 && only != null ? only : all.build();
    }

    private static Query word(String word) {
        return new TermQuery(new Term(FIELD, word));
    }

    private static Query phrase(String text) {
        String[] words = text.trim().split(" +");
        return words.length == 1 ? word(words[0]) : new PhraseQuery(FIELD, words);
    }
}
