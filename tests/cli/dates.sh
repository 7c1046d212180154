# Which dates become value 0: those that are on the calendar, and so sort.
. "$CLI/run.bash"
while read -r date; do
    echo "{\"id\":\"on $date\",\"date\":\"$date\"}"
done >dates.jsonl <<'END'
2021
2021-12
2021-12-09
20211209
2021-1-5
2021-12-09T17:30
2021-12-09 17:30:59.25Z
2021-12-09T23:59:60+01:00
2021-12-09T24:30
2021-12-09T17:60
2021-12-09 17:30:61
2020-02-29
2000-02-29
2021-02-29
1900-02-29
2021-13-45
2021-13
2021-00
2021-04-31
2021-04-00
20211345
20210230
2021-12-091
20211
9 December 2021
END
run oir-index dates.jsonl
while read -r line; do
    date=$(expr "$line" : '.*"date":"\(.*\)"}')
    value=$(oir-inspect doc "on $date" -n 0 | sed -n 's/^value 0, date *//p')
    echo "$date: ${value:-none}"
done <dates.jsonl
