//! The JSON reader: RFC 8259, numbers kept as written, duplicate keys refused.
//!
//! Own code because the tree needs the line of every value and the digits of every number. Must never panic or
//! recurse deeper than the limit.

use indexmap::IndexMap;

use super::{Budget, Kind, Limits, Node, TreeError, body};

/// Reads one JSON document.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Node, TreeError> {
    let text = std::str::from_utf8(body(bytes, limits)?)
        .map_err(|e| TreeError::new(line_of(bytes, e.valid_up_to()), "bytes that are not UTF-8", "JSON in UTF-8"))?;
    let mut reader = Reader { text, at: 0, line: 1, budget: Budget::new(limits), depth: limits.depth };
    reader.blank();
    let node = reader.value(0)?;
    reader.blank();
    if reader.at < text.len() { Err(reader.wrong("nothing more after the document")) } else { Ok(node) }
}

fn line_of(bytes: &[u8], at: usize) -> u32 {
    let lines = bytes.iter().take(at).filter(|b| **b == b'\n').count();
    u32::try_from(lines).unwrap_or(u32::MAX).saturating_add(1)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    budget: Budget,
    depth: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn blank(&mut self) {
        while let Some(byte @ (b' ' | b'\t' | b'\r' | b'\n')) = self.peek() {
            self.line = self.line.saturating_add(u32::from(byte == b'\n'));
            self.at += 1;
        }
    }

    /// An error here. Only the kind of character is told, never the text, which may be personal.
    fn wrong(&self, expected: &str) -> TreeError {
        let found = match self.peek() {
            None => "the end of the document".to_owned(),
            Some(b) if b.is_ascii_punctuation() => format!("`{}`", char::from(b)),
            Some(b) if b.is_ascii_digit() => "a digit".to_owned(),
            Some(b) if b.is_ascii_control() => "a control character".to_owned(),
            Some(_) => "a letter".to_owned(),
        };
        TreeError::new(self.line, found, expected)
    }

    fn expect(&mut self, byte: u8, expected: &str) -> Result<(), TreeError> {
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            Err(self.wrong(expected))
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, TreeError> {
        if depth >= self.depth {
            let expected = format!("at most {} levels", self.depth);
            return Err(TreeError::new(self.line, "deeper nesting than allowed", expected));
        }
        self.budget.take(self.line)?;
        let line = self.line;
        let kind = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => Kind::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => Kind::Number(self.number()?),
            _ => self.word()?,
        };
        Ok(Node { kind, line })
    }

    fn word(&mut self) -> Result<Kind, TreeError> {
        for (word, kind) in [("true", Kind::Bool(true)), ("false", Kind::Bool(false)), ("null", Kind::Null)] {
            if self.rest().starts_with(word) {
                self.at += word.len();
                return Ok(kind);
            }
        }
        Err(self.wrong("a JSON value"))
    }

    fn object(&mut self, depth: usize) -> Result<Kind, TreeError> {
        self.at += 1;
        let mut members = IndexMap::new();
        self.blank();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Kind::Object(members, None));
        }
        loop {
            self.blank();
            let line = self.line;
            let key = self.string()?;
            self.blank();
            self.expect(b':', "`:` after the key")?;
            self.blank();
            let value = self.value(depth + 1)?;
            if members.insert(key, value).is_some() {
                return Err(TreeError::new(line, "the same key twice in one object", "each key once"));
            }
            self.blank();
            if self.peek() == Some(b',') {
                self.at += 1;
                continue;
            }
            self.expect(b'}', "`,` or `}`")?;
            return Ok(Kind::Object(members, None));
        }
    }

    fn list(&mut self, depth: usize) -> Result<Kind, TreeError> {
        self.at += 1;
        let mut items = Vec::new();
        self.blank();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Kind::List(items));
        }
        loop {
            self.blank();
            items.push(self.value(depth + 1)?);
            self.blank();
            if self.peek() == Some(b',') {
                self.at += 1;
                continue;
            }
            self.expect(b']', "`,` or `]`")?;
            return Ok(Kind::List(items));
        }
    }

    fn number(&mut self) -> Result<String, TreeError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(self.text.get(start..self.at).unwrap_or_default().to_owned())
    }

    fn digits(&mut self) -> Result<(), TreeError> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { Err(self.wrong("a digit")) } else { Ok(()) }
    }

    fn string(&mut self) -> Result<String, TreeError> {
        self.expect(b'"', "a text in double quotes")?;
        let mut out = String::new();
        loop {
            let plain = self.rest().find(|c: char| c == '"' || c == '\\' || c < ' ').unwrap_or(self.rest().len());
            out.push_str(self.rest().get(..plain).unwrap_or_default());
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                _ => return Err(self.wrong("the closing `\"` of a text")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, TreeError> {
        self.at += 1;
        let found = match self.peek() {
            Some(b'u') => return self.unicode(),
            Some(b @ (b'"' | b'\\' | b'/')) => char::from(b),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            _ => return Err(self.wrong("an escape such as `\\n`")),
        };
        self.at += 1;
        Ok(found)
    }

    fn unicode(&mut self) -> Result<char, TreeError> {
        let first = self.hex()?;
        if !(0xD800..0xDC00).contains(&first) {
            return char::from_u32(first).ok_or_else(|| self.wrong("a whole surrogate pair"));
        }
        self.expect(b'\\', "the second half of a surrogate pair")?;
        let second = self.hex()?;
        if !(0xDC00..0xE000).contains(&second) {
            return Err(self.wrong("the second half of a surrogate pair"));
        }
        let code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        char::from_u32(code).ok_or_else(|| self.wrong("a character"))
    }

    /// `uXXXX`, standing on the `u`.
    fn hex(&mut self) -> Result<u32, TreeError> {
        self.expect(b'u', "`u` and four hexadecimal digits")?;
        let digits = self.rest().get(..4).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let code = digits.and_then(|d| u32::from_str_radix(d, 16).ok());
        self.at += if code.is_some() { 4 } else { 0 };
        code.ok_or_else(|| self.wrong("four hexadecimal digits"))
    }
}
