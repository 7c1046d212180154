#!/bin/sh
# Makes the golden indexes of this version of the format anew, with what is known of them:
#     golden.sh OIR_GOLDEN DATA PYTHON      DATA: tests/data
# For the day on which the format gets a new version, and for none after it.
set -e
golden=$1
data=$2/golden-$("$golden" version)
python=$3
here=$(dirname "$0")
rm -rf "$data"
mkdir "$data"
for name in reordered odd wide; do
    "$golden" make $name "$data/$name"
    "$golden" answers $name "$data/$name" >>"$data/answers.txt"
done
"$python" -B "$here/test_format.py" "$golden" "$data" write
du -sk "$data"
