//! Going through a text as JSON is written, up to the first mistake.

use crate::excerpt::excerpt;
use crate::strict_json::slip::words::{self, Wrong};

/// So deep can lists and objects stand in each other: serde_json's limit.
const DEEPEST: usize = 127;
/// The most steps of a path that are shown.
const STEPS: usize = 8;

/// A text, read up to a place. After a mistake, the path is that of the mistake.
pub(crate) struct Reader<'a> {
    pub(crate) text: &'a str,
    at: usize,
    path: Vec<Step>,
}

enum Step {
    Key(String),
    Item(usize),
}

type Read<T = ()> = Result<T, Wrong>;

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str) -> Reader<'a> {
        Reader {
            text,
            at: 0,
            path: Vec::new(),
        }
    }

    pub(crate) fn path(&self) -> String {
        let mut path = String::new();
        for step in self.path.iter().take(STEPS) {
            match step {
                Step::Key(key) if path.is_empty() => path.push_str(key),
                Step::Key(key) => path.push_str(&format!(".{key}")),
                Step::Item(index) => path.push_str(&format!("[{index}]")),
            }
        }
        if self.path.len() > STEPS {
            path.push('…');
        }
        path
    }

    /// The one object of a line.
    pub(crate) fn line(&mut self) -> Read {
        self.skip_blanks();
        match self.next() {
            None => return Err(words::empty(self.at)),
            Some('{') => self.value()?,
            Some(_) => return Err(words::no_object(self.at, self.word())),
        }
        self.skip_blanks();
        match self.next() {
            None => Ok(()),
            Some(_) => Err(words::after_the_object(self.at, self.word())),
        }
    }

    pub(crate) fn value(&mut self) -> Read {
        self.skip_blanks();
        match self.next() {
            None => Err(self.cut_off()),
            Some('{') => self.object(),
            Some('[') => self.list(),
            Some('"') => self.string().map(drop),
            Some(_) => {
                let word = self.word();
                if matches!(word, "true" | "false" | "null") || words::is_number(word) {
                    self.at += word.len();
                    return Ok(());
                }
                Err(words::no_value(self.at, word))
            }
        }
    }

    fn object(&mut self) -> Read {
        self.open()?;
        let mut is_first = true;
        loop {
            self.skip_blanks();
            match self.next() {
                None => return Err(self.cut_off()),
                Some('}') if is_first => {
                    self.at += 1;
                    return Ok(());
                }
                Some('"') => {}
                Some(_) => {
                    let before = self.text[..self.at].trim_end();
                    return Err(words::no_key(self.at, self.word(), before));
                }
            }
            let key = self.string()?;
            self.path.push(Step::Key(excerpt(key)));
            self.skip_blanks();
            match self.next() {
                None => return Err(self.cut_off()),
                Some(':') => self.at += 1,
                Some(_) => return Err(words::no_colon(self.at, self.word())),
            }
            self.value()?;
            let is_closed = self.closed('}')?;
            self.path.pop();
            if is_closed {
                return Ok(());
            }
            is_first = false;
        }
    }

    fn list(&mut self) -> Read {
        self.open()?;
        self.skip_blanks();
        if self.next() == Some(']') {
            self.at += 1;
            return Ok(());
        }
        for index in 0.. {
            self.path.push(Step::Item(index));
            self.value()?;
            let is_closed = self.closed(']')?;
            self.path.pop();
            if is_closed {
                break;
            }
        }
        Ok(())
    }

    /// Passes an opening bracket.
    fn open(&mut self) -> Read {
        if self.path.len() >= DEEPEST {
            return Err(words::too_deep(self.at, DEEPEST));
        }
        self.at += 1;
        Ok(())
    }

    /// Passes what follows a value within brackets: whether they are closed.
    fn closed(&mut self, closing: char) -> Read<bool> {
        self.skip_blanks();
        match self.next() {
            None => Err(self.cut_off()),
            Some(sign) if sign == closing || sign == ',' => {
                self.at += 1;
                Ok(sign == closing)
            }
            Some(_) => Err(words::no_comma(self.at, self.word(), closing)),
        }
    }

    /// Passes a text from its first quotation mark on; gives what stands between its marks.
    fn string(&mut self) -> Read<&'a str> {
        let begin = self.at + 1;
        let mut at = begin;
        loop {
            match self.text[at..].chars().next() {
                None => return Err(words::text_cut_off(self.at)),
                Some('"') => {
                    self.at = at + 1;
                    return Ok(&self.text[begin..at]);
                }
                Some('\\') => at += self.escape(at)?,
                // The end of the line is no part of the text.
                Some('\n' | '\r') if self.text[at..].chars().all(is_blank) => {
                    return Err(words::text_cut_off(self.at));
                }
                Some(sign @ '\0'..='\x1f') => return Err(words::control_in_text(at, sign)),
                Some(sign) => at += sign.len_utf8(),
            }
        }
    }

    /// The length of an escape.
    fn escape(&self, at: usize) -> Read<usize> {
        let text = &self.text[at..];
        match text[1..].chars().next() {
            None => Err(words::text_cut_off(self.at)),
            Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => Ok(2),
            Some('u') => match code(text) {
                Some(0xd800..=0xdbff) => match text.get(6..).and_then(code) {
                    Some(0xdc00..=0xdfff) => Ok(12),
                    _ => Err(words::wrong_escape(at, &text[..6])),
                },
                Some(0xdc00..=0xdfff) => Err(words::wrong_escape(at, &text[..6])),
                Some(_) => Ok(6),
                None if text[2..].bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                    Err(words::text_cut_off(self.at))
                }
                None => Err(words::wrong_escape(at, "\\u")),
            },
            Some(sign) => Err(words::wrong_escape(at, &text[..1 + sign.len_utf8()])),
        }
    }

    fn cut_off(&self) -> Wrong {
        words::cut_off(self.text.trim_end_matches(is_blank).len())
    }

    fn next(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn skip_blanks(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches(is_blank).len();
    }

    /// What stands here up to a blank or a sign that parts words; at least one character of it.
    fn word(&self) -> &'a str {
        let rest = &self.text[self.at..];
        let parts =
            |sign: char| is_blank(sign) || ",:{}[]\"，：；｛｝［］“”\u{feff}".contains(sign);
        let first = rest.chars().next().map_or(0, char::len_utf8);
        match rest.find(parts) {
            Some(0) => &rest[..first],
            Some(end) => &rest[..end],
            None => rest,
        }
    }
}

/// Only these four are blanks of JSON.
fn is_blank(sign: char) -> bool {
    matches!(sign, ' ' | '\t' | '\n' | '\r')
}

/// The code of `\u4e00`.
fn code(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let are_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    are_hex.then(|| u32::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"id": "u1\n\u4e00\ud83d\ude00", "kind": "grassroots", "founded_on": "2009-06-01",
 "facts": {"chair_elected": true, "workers": 200, "dues_paid": 12.50, "dues_due": 1.2e+3, "x": null},
 "activities": [{"on": "2016-02-18", "kind": "quality"}, {}], "titles": [], "n": -0.5E-2}"#;

    /// It refuses what serde_json refuses, and nothing else: so no mistake is told in the wrong place, or not at all.
    fn check(text: &str) {
        let sound = serde_json::from_str::<serde_json::Value>(text).is_ok();
        let mut reader = Reader::new(text);
        let read = reader.value().is_ok() && {
            reader.skip_blanks();
            reader.next().is_none()
        };
        assert_eq!(read, sound, "{text}");
    }

    #[test]
    fn it_refuses_what_serde_json_refuses() {
        check(LINE);
        let signs = [
            '"', '\\', ',', ':', '{', '}', '[', ']', '0', '1', '-', '+', '.', 'e', 'u', ' ', '\t',
            '\u{1}', '\u{a0}', '，', '\u{feff}', '\'', '/',
        ];
        for (at, _) in LINE.char_indices() {
            check(&LINE[..at]);
            let mut chars = LINE[at..].chars();
            chars.next();
            check(&format!("{}{}", &LINE[..at], chars.as_str()));
            for sign in signs {
                check(&format!("{}{sign}{}", &LINE[..at], &LINE[at..]));
                check(&format!("{}{sign}{}", &LINE[..at], chars.as_str()));
            }
        }
        for deep in 125..130 {
            check(&format!("{}{}", "[".repeat(deep), "]".repeat(deep)));
            check(&format!("{}1{}", "{\"a\":".repeat(deep), "}".repeat(deep)));
        }
        for number in [
            "1e308",
            "1e309",
            "-1e400",
            "1e-400",
            "0.0e99999",
            "99999999999999999999",
        ] {
            check(number);
        }
    }
}
