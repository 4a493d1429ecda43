#![no_main]

use std::io::BufReader;
use std::sync::LazyLock;

use chrono::TimeDelta;
use fuzz::feed::line::{self, Line};
use fuzz::feed::reader::{LONGEST, LineReader, Next};
use fuzz::feed::write::to_line;
use libfuzzer_sys::fuzz_target;
use rules::Moment;

static NOW: LazyLock<Moment> = LazyLock::new(|| "2026-11-18T02:00:00Z".parse().expect("a moment"));

fuzz_target!(|bytes: &[u8]| {
    let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let unfinished = lines.pop();
    cut(bytes, &lines);
    lines.into_iter().chain(unfinished).for_each(read);
});

/// A file is cut at its newlines, whatever the buffer, and what has none stays.
fn cut(bytes: &[u8], lines: &[&[u8]]) {
    let mut reader = LineReader::new(BufReader::with_capacity(7, bytes), 0);
    let mut line = Vec::new();
    for expected in lines {
        let next = reader.next_line(&mut line).expect("a slice is read without fault");
        assert_eq!(next, if expected.len() > LONGEST { Next::TooLong } else { Next::Line });
        assert!(next == Next::TooLong || line == *expected);
    }
    assert_eq!(reader.next_line(&mut line).expect("a slice is read without fault"), Next::End);
    assert_eq!(reader.offset, lines.iter().map(|line| line.len() as u64 + 1).sum::<u64>());
}

/// A fact is written so that it reads again the same; a rejection repeats no number of anybody.
fn read(bytes: &[u8]) {
    match line::parse(bytes, *NOW) {
        Ok((kind, Line { at, fact })) => {
            assert_eq!(fact.kind(), kind);
            assert!(at <= *NOW + TimeDelta::days(1), "{at}");
            let written = to_line(&fact, at);
            assert_eq!(
                line::parse(written.trim_end().as_bytes(), *NOW),
                Ok((kind, Line { at, fact })),
                "{written}"
            );
        }
        Err(refused) => {
            assert!(!refused.why.code.is_empty());
            let told = format!("{} {}", refused.why.field, refused.why.reason);
            let longest = told.split(|character: char| !character.is_ascii_digit()).map(str::len).max();
            assert!(longest.is_none_or(|digits| digits < 11), "{told}");
        }
    }
}
