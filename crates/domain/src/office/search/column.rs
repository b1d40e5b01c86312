//! One text of many entries, a line each: searched in one go, which costs far less than looking into each entry.

use memchr::memmem;

#[derive(Debug)]
pub(super) struct Column {
    /// Each entry stands between two line ends, so that `\n` before a pattern means the beginning of an entry.
    text: String,
    /// Where each entry begins.
    starts: Vec<usize>,
}

impl Default for Column {
    fn default() -> Column {
        Column {
            text: "\n".to_owned(),
            starts: Vec::new(),
        }
    }
}

impl Column {
    /// Adds an entry, made of parts.
    pub(super) fn push(&mut self, parts: &[&str]) {
        self.starts.push(self.text.len());
        for part in parts {
            // A line end within a name would part it in two entries.
            self.text
                .extend(part.chars().filter(|character| *character != '\n'));
        }
        self.text.push('\n');
    }

    pub(super) fn of(&self, place: usize) -> &str {
        let end = self.end(place);
        &self.text[self.starts[place]..end]
    }

    fn end(&self, place: usize) -> usize {
        let next = self.starts.get(place + 1);
        next.copied().unwrap_or(self.text.len()) - 1
    }

    /// The entries that contain a pattern, in their order, each with the byte at which it stands there first; for a pattern that begins with a line
    /// end, always 0.
    pub(super) fn containing(
        &self,
        pattern: &str,
    ) -> impl Iterator<Item = (usize, usize)> + use<'_> {
        let finder = memmem::Finder::new(pattern.as_bytes()).into_owned();
        let mut from = 0;
        let mut place = 0;
        std::iter::from_fn(move || {
            let rest = self.text.as_bytes().get(from..)?;
            let at = from + finder.find(rest)?;
            // Entries are passed one by one: matches come in their order.
            while self.end(place) <= at && place + 1 < self.starts.len() {
                place += 1;
            }
            from = self.end(place);
            Some((place, at.saturating_sub(self.starts[place])))
        })
    }
}
