"""The laws themselves are tested: on a small tree that breaks each of them in a known place."""

import os
import tempfile
import unittest

import style_comments
import style_files
import style_headers
import style_includes
import style_links
import style_symbols


def tree(files):
    folder = tempfile.TemporaryDirectory()
    for path, content in files.items():
        os.makedirs(os.path.join(folder.name, os.path.dirname(path)), exist_ok=True)
        with open(os.path.join(folder.name, path), "w", encoding="utf-8") as file:
            file.write(content)
    return folder


class Laws(unittest.TestCase):
    def expect(self, check, files, *expected):
        """Every finding starts as expected, in any order."""
        with tree(files) as root:
            found = check(root)
        self.assertEqual(len(found), len(expected), found)
        for start in expected:
            self.assertTrue(any(finding.startswith(start) for finding in found), (start, found))

    def test_includes_between_rooms(self):
        self.expect(
            style_includes.check,
            {
                "common/include/oir/error.h": "#include <stdint.h>\n#include <oir/error.h>\n",
                "common/include/oir/bad.h": '#include <unistd.h>\n#include "base/memory.h"\n',
                "common/base/memory.h": "#include <oir/error.h>\n",
                "common/base/memory.c": '#include "text/word.h"\n/* #include "indexer/merge.h" */\n',
                "common/text/word.h": "",
                "common/text/word.c": '#include "codec/pack.h"\n\n#include <lmdb.h>\n#include <libstemmer.h>\n',
                "common/codec/pack.h": '#include "base/memory.h"\n#include <zlib.h>\n',
                "common/segment/terms.c": '#include <lmdb.h>\n#include "text/word.h"\n#include "codec/pack.h"\n',
                "indexer/merge.h": "",
                "indexer/merge.c": '#include "indexer/merge.h"\n#include "searcher/plan.h"\n#include "gone.h"\n',
                "searcher/plan.h": '#include "oir/error.h"\n#include <oir/none.h>\n',
                "tests/text/test_word.c": '#include "harness.h"\n#include <lmdb.h>\n',
                "tests/harness.h": "",
            },
            "common/include/oir/bad.h:1:",
            "common/include/oir/bad.h:2:",
            "common/base/memory.c:1:",
            "common/text/word.c:1:",
            "common/text/word.c:3:",
            "indexer/merge.c:2:",
            'indexer/merge.c:3: "gone.h" is no file',
            "searcher/plan.h:1:",
            "searcher/plan.h:2:",
        )

    def test_includes_of_programs(self):
        self.expect(
            style_includes.check,
            {
                "common/include/oir/error.h": "",
                "common/base/memory.h": "",
                "searcher/CMakeLists.txt": "oir_sources(plan.c)\noir_program(oir-search oir_search.c show.c\n)\n",
                "searcher/plan.h": "",
                "searcher/operator.h": "",
                "searcher/show.h": "",
                "searcher/show.c": '#include "show.h"\n#include <zlib.h>\n',
                "searcher/oir_search.c": '#include <oir/error.h>\n#include "show.h"\n#include "plan.h"\n'
                '#include "operator.h"\n#include "base/memory.h"\n#include <jansson.h>\n',
                "examples/search.c": '#include "base/memory.h"\n#include <oir/error.h>\n',
            },
            "searcher/show.c:2:",
            "searcher/oir_search.c:3:",
            "searcher/oir_search.c:4:",
            "searcher/oir_search.c:5:",
            "examples/search.c:1:",
        )

    def test_conditions(self):
        self.expect(
            style_includes.check,
            {
                "common/base/cpu.c": "#if defined(__x86_64__)\n#endif\n",
                "searcher/plan.h": "#ifndef SEARCHER_PLAN_H\n#define SEARCHER_PLAN_H\n#ifdef X\n#endif\n#endif\n",
                "searcher/plan.c": "#ifndef NDEBUG\n#endif\n",
            },
            "searcher/plan.h:3:",
            "searcher/plan.c:1:",
        )

    def test_comments(self):
        header = """/* A header. */
#ifndef OIR_X_H
#define OIR_X_H
#ifdef __cplusplus
extern "C" {
#endif
/* A handle. One thread
 * at a time. */
typedef struct oir_x oir_x;
typedef struct oir_y oir_y;
/* A handle. */
typedef struct oir_z oir_z;

/* Makes one. */
OIR_API oir_status oir_x_new(oir_x **out,
                             oir_error *err);
OIR_API void oir_x_free(oir_x *x);
/* Far above. */

OIR_API void oir_x_far(oir_x *x);
/* Options. */
typedef struct oir_x_options {
    int one; /* trailing */
    struct {
        int two;
    } inner;
} oir_x_options;
typedef enum oir_kind {
    OIR_A
} oir_kind; /* trailing */
OIR_API int oir_x_count(void);
/* Called back. */
typedef bool (*oir_x_hook)(void *context);
#ifdef __cplusplus
}
#endif
#endif
"""
        self.expect(
            style_comments.check,
            {"common/include/oir/x.h": header, "common/base/y.h": "typedef int y;\n"},
            "common/include/oir/x.h:10: handle oir_y has no comment",
            "common/include/oir/x.h:12: handle oir_z does not say",
            "common/include/oir/x.h:17: function oir_x_free ",
            "common/include/oir/x.h:20: function oir_x_far ",
            "common/include/oir/x.h:28: type oir_kind ",
            "common/include/oir/x.h:31: function oir_x_count ",
        )

    def test_files(self):
        self.expect(
            style_files.check,
            {
                "common/include/oir/query.h": "",
                "searcher/query.h": "",
                "common/base/list.c": "",
                "indexer/list.c": "x" * 120 + "\n" + "ü" * 121 + "\n",
                "indexer/bigName.c": "\tint x; \n",
                "build/common/base/list.c": "",
                "docs/x.md": "see /" + "work/shared/x\n",
            },
            "indexer/list.c:1: there is a file of this name already, common/base/list.c",
            "indexer/list.c:2: 121 columns",
            "indexer/bigName.c:1: file names",
            "indexer/bigName.c:1: a tab",
            "indexer/bigName.c:1: blanks",
            "docs/x.md:1: names a path",
        )

    def test_links(self):
        self.expect(
            style_links.check,
            {
                "README.md": "# A house, `well`\n[a](docs/a.md) [b](docs/b.md)\n[c](#a-house-well) [d](#cellar)\n"
                "[e](https://example.org/x) `[f](none)`\n```\n[g](none)\n```\n[h](docs/a.md#rooms) [i](docs/a.md#no)\n",
                "docs/a.md": "## Rooms\n[up](../README.md)\n",
            },
            "README.md:2: docs/b.md leads to no file",
            "README.md:3: #cellar leads to no heading",
            "README.md:8: docs/a.md#no leads to no heading",
        )

    def test_headers(self):
        compiler = [os.environ.get("OIR_CC", "cc")]
        self.expect(
            lambda root: style_headers.check(root, "c", compiler),
            {
                "common/include/oir/good.h": "#ifndef G\n#define G\n#include <stdint.h>\ntypedef uint8_t g;\n#endif\n",
                "common/include/oir/needs.h": "#ifndef N\n#define N\nuint8_t n(void);\n#endif\n",
                "common/base/unguarded.h": "struct u { int x; };\n",
            },
            "common/include/oir/needs.h:1: does not compile alone",
            "common/base/unguarded.h:1: does not compile alone",
        )

    def test_symbols(self):
        compiler = os.environ.get("OIR_CC", "cc")
        header = (
            "#define OIR_API __attribute__((visibility(\"default\")))\n/* One. */\nOIR_API int oir_one(void);\n"
            "/* Two. */\nOIR_API int oir_two(void);\n"
        )
        source = (
            '#include <oir/x.h>\nstatic int hidden(void) { return 1; }\nint simd_sum(void) { return hidden(); }\n'
            "int simd_avx2_sum(void) { return 1; }\nint other(void);\nint other(void) { return 1; }\n"
            "int oir_one(void) { return 1; }\n"
        )
        with tree({"common/include/oir/x.h": header, "common/codec/simd_avx2.c": source}) as root:
            objects = os.path.join(root, "o.dir/common/codec")
            os.makedirs(objects)
            objects += "/simd_avx2.c.o"
            shared = os.path.join(root, "liboir.so")
            run = [compiler, "-fPIC", "-fvisibility=hidden", "-I", root + "/common/include"]
            style_symbols.subprocess.run(
                [*run, "-c", root + "/common/codec/simd_avx2.c", "-o", objects], check=True
            )
            style_symbols.subprocess.run([*run, "-shared", objects, "-o", shared], check=True)
            found = style_symbols.check(root, shared, objects, [objects])
        self.assertEqual(
            [finding.split(" ")[0:2] for finding in found],
            [
                ["common/codec/simd_avx2.c:5:", "other"],
                ["common/include/oir/x.h:5:", "oir_two"],
                ["simd_avx2.c.o:", "exports"],
                ["simd_avx2.c.o:", "exports"],
                ["simd_avx2.c.o:", "exports"],
            ],
        )


if __name__ == "__main__":
    unittest.main()
