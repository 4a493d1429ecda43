//! Cuts a file into lines without ever holding more than one, and knows where each began. It does not read JSON.

use std::io::{self, BufRead};

/// The longest line that is read, without its newline.
pub const LONGEST: usize = 64 * 1024;

/// What came next.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// The buffer holds a whole line.
    Line,
    /// A line over the limit was skipped.
    TooLong,
    /// No whole line is left: what stands there has no newline yet.
    End,
}

/// Reads whole lines only; a line that is cut off at the end stays unread.
pub struct LineReader<R> {
    source: R,
    /// Bytes of all whole lines so far.
    pub offset: u64,
}

impl<R: BufRead> LineReader<R> {
    pub fn new(source: R, offset: u64) -> Self {
        Self { source, offset }
    }

    pub fn next_line(&mut self, line: &mut Vec<u8>) -> io::Result<Next> {
        self.next_line_seen(line, |_| {})
    }

    /// The same; `seen` gets every byte in pieces, also those beyond the limit and of a line that is cut off.
    pub fn next_line_seen(&mut self, line: &mut Vec<u8>, mut seen: impl FnMut(&[u8])) -> io::Result<Next> {
        line.clear();
        let mut length = 0_u64;
        loop {
            let buffer = match self.source.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if buffer.is_empty() {
                return Ok(Next::End);
            }
            let newline = buffer.iter().position(|byte| *byte == b'\n');
            let part = &buffer[..newline.unwrap_or(buffer.len())];
            // One byte over the limit is kept, so that a line at the limit is told from a longer one.
            let room = (LONGEST + 1).saturating_sub(line.len());
            line.extend_from_slice(&part[..part.len().min(room)]);
            let used = part.len() + usize::from(newline.is_some());
            length += used as u64;
            seen(&buffer[..used]);
            self.source.consume(used);
            if newline.is_some() {
                self.offset += length;
                return Ok(if line.len() > LONGEST { Next::TooLong } else { Next::Line });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &[u8], buffer: usize) -> (Vec<(Next, usize)>, u64) {
        let mut reader = LineReader::new(io::BufReader::with_capacity(buffer, text), 0);
        let (mut line, mut seen) = (Vec::new(), Vec::new());
        loop {
            match reader.next_line(&mut line).unwrap() {
                Next::End => return (seen, reader.offset),
                next => seen.push((next, line.len())),
            }
        }
    }

    #[test]
    fn whole_lines_are_read_and_a_cut_one_is_left() {
        for buffer in [1, 2, 3, 64] {
            let (seen, offset) = all(b"ab\n\ncde\nfg", buffer);
            assert_eq!(seen, [(Next::Line, 2), (Next::Line, 0), (Next::Line, 3)], "{buffer}");
            assert_eq!(offset, 8);
        }
    }

    #[test]
    fn a_line_at_the_limit_is_read_and_one_above_is_skipped() {
        for (length, next) in [
            (LONGEST - 1, Next::Line),
            (LONGEST, Next::Line),
            (LONGEST + 1, Next::TooLong),
            (LONGEST * 9, Next::TooLong),
        ] {
            let text = [vec![b'x'; length], b"\nok\n".to_vec()].concat();
            let (seen, offset) = all(&text, 1000);
            assert_eq!(seen[0].0, next, "{length}");
            assert!(seen[0].1 <= LONGEST + 1, "no more than the limit is kept");
            assert_eq!(seen[1], (Next::Line, 2));
            assert_eq!(offset, text.len() as u64);
        }
    }
}
