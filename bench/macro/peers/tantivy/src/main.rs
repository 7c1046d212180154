//! Tantivy as a peer of the search comparison.
//!
//!     RUSTFLAGS="-C target-cpu=native" cargo build --release --target-dir BUILD
//!     tantivy-peer index DIR [THREADS] < corpus.jsonl    words with positions, merged to one segment, nothing stored
//!     tantivy-peer query DIR                             COMMAND<TAB>query a line in, one integer a line out
//!
//! Ranks by Tantivy's BM25 (k1 1.2, b 0.75). What is no known command is UNSUPPORTED.
use std::io::{self, BufRead, Write};
use std::time::Instant;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, Occur, PhraseQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{TextAnalyzer, WhitespaceTokenizer};
use tantivy::{Index, IndexWriter, ReloadPolicy, TantivyDocument, Term};

type Res<T> = tantivy::Result<T>;

fn open(dir: &str, create: bool) -> Res<(Index, Field)> {
    let mut schema = Schema::builder();
    let words = TextFieldIndexing::default()
        .set_tokenizer("words")
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let text = schema.add_text_field("text", TextOptions::default().set_indexing_options(words));
    let index = if create {
        std::fs::create_dir_all(dir)?;
        Index::create_in_dir(dir, schema.build())?
    } else {
        Index::open_in_dir(dir)?
    };
    index.tokenizers().register("words", TextAnalyzer::from(WhitespaceTokenizer::default()));
    Ok((index, text))
}

fn index_lines(dir: &str, threads: usize) -> Res<()> {
    let (index, text) = open(dir, true)?;
    let start = Instant::now();
    let mut writer: IndexWriter = index.writer_with_num_threads(threads, (1 << 30) * threads.min(3))?;
    for line in io::stdin().lock().lines() {
        let line = line?;
        let at = line.find("\"text\": \"").unwrap() + 9;
        let mut doc = TantivyDocument::default();
        doc.add_text(text, &line[at..line.rfind('"').unwrap()]);
        writer.add_document(doc)?;
    }
    writer.commit()?;
    let fed = start.elapsed().as_secs_f64();
    let segments = index.searchable_segment_ids()?;
    if segments.len() > 1 {
        writer.merge(&segments).wait()?;
    }
    writer.wait_merging_threads()?;
    eprintln!("indexing {:.2} s, {} segments, merge {:.2} s, total {:.2} s", fed, segments.len(),
              start.elapsed().as_secs_f64() - fed, start.elapsed().as_secs_f64());
    Ok(())
}

fn parse(text: Field, asked: &str) -> Box<dyn Query> {
    let term = |w: &str| Term::from_field_text(text, w);
    if let Some(inner) = asked.strip_prefix('"') {
        return Box::new(PhraseQuery::new(inner.trim_end_matches('"').split(' ').map(term).collect()));
    }
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    for word in asked.split(' ') {
        let (occur, word) = match word.as_bytes()[0] {
            b'+' => (Occur::Must, &word[1..]),
            b'-' => (Occur::MustNot, &word[1..]),
            _ => (Occur::Should, word),
        };
        clauses.push((occur, Box::new(TermQuery::new(term(word), IndexRecordOption::WithFreqs))));
    }
    if clauses.len() == 1 { clauses.pop().unwrap().1 } else { Box::new(BooleanQuery::new(clauses)) }
}

fn answer_lines(dir: &str) -> Res<()> {
    let (index, text) = open(dir, false)?;
    let searcher = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?.searcher();
    let mut out = io::stdout();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let (command, asked) = line.split_once('\t').unwrap();
        let query = parse(text, asked);
        let best = |k| TopDocs::with_limit(k).order_by_score();
        let answer = match command {
            "COUNT" => Some(query.count(&searcher)?),
            "TOP_10" => Some(searcher.search(&query, &best(10))?.len()),
            "TOP_100" => Some(searcher.search(&query, &best(100))?.len()),
            "TOP_1000" => Some(searcher.search(&query, &best(1000))?.len()),
            "TOP_100_COUNT" => Some(searcher.search(&query, &(best(100), Count))?.1),
            _ => None,
        };
        match answer {
            Some(n) => writeln!(out, "{n}")?,
            None => writeln!(out, "UNSUPPORTED")?,
        }
        out.flush()?;
    }
    Ok(())
}

fn main() -> Res<()> {
    let args: Vec<String> = std::env::args().collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[1..] {
        ["index", dir] => index_lines(dir, 1),
        ["index", dir, threads] => index_lines(dir, threads.parse().expect("THREADS is a number")),
        ["query", dir] => answer_lines(dir),
        _ => {
            eprintln!("usage: tantivy-peer index DIR [THREADS] | query DIR");
            std::process::exit(2);
        }
    }
}
