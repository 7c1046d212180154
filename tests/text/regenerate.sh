#!/bin/sh
# The committed table is what its script makes, where Python and the same unicode-data are installed.
table="$OIR_SOURCE_DIR/common/text/unicode_table.c"
data=/usr/share/unicode/UnicodeData.txt
version=$(sed -n 's/^const char unicode_table_version\[\] = "\(.*\)";$/\1/p' "$table")
if ! command -v python3 >/dev/null || [ ! -f $data ] || ! grep -q "Version $version" /usr/share/unicode/ReadMe.txt; then
    echo "no python3 or no unicode-data $version: not compared"
    exit 77
fi
python3 "$OIR_SOURCE_DIR/common/text/make_unicode_table.py" $data | cmp - "$table"
