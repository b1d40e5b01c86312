//! Recovery from syntax errors: a statement that is not TOML is reported and blanked out, so that the rest of its file can be parsed; what is lost
//! with it is remembered, so that it causes no follow-up mistakes.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::ops::Range;

use toml::de::DeTable;

/// A text that parses, with every byte at its original offset.
#[derive(Default)]
pub(crate) struct Mended {
    pub(crate) text: String,
    /// The syntax errors by offset, in no order.
    pub(crate) errors: Vec<(usize, String)>,
    pub(crate) losses: Losses,
}

/// What was blanked out.
#[derive(Clone, Default)]
pub(crate) struct Losses {
    /// Every word of the lost text: what it defined or used may be among them.
    pub(crate) words: BTreeSet<String>,
    /// Offsets of the tables that lost a part: what is missing in them has been reported as a syntax error.
    heads: BTreeSet<usize>,
}

impl Losses {
    /// Whether the table at this offset lost a part.
    pub(crate) fn table_at(&self, at: usize) -> bool {
        self.heads.contains(&at)
    }
}

/// A header with the statements under it; the first block of a file has no header.
struct Block {
    range: Range<usize>,
    /// The words of the header: `rating`, `ballot`.
    path: Vec<String>,
    statements: Vec<Range<usize>>,
}

/// Limit on the bytes parsed in search of valid parts: parts are parsed repeatedly, and a file can be made so that nearly every line is tried with
/// nearly every other.
const WORK_LIMIT: usize = 16 * 1024 * 1024;

/// The remaining budget of bytes to parse.
struct Work {
    left: Cell<usize>,
}

impl Work {
    /// Whether the budget allows parsing this many more bytes.
    fn spend(&self, bytes: usize) -> bool {
        let left = self.left.get().checked_sub(bytes + 1);
        self.left.set(left.unwrap_or(0));
        left.is_some()
    }

    fn is_spent(&self) -> bool {
        self.left.get() == 0
    }
}

pub(crate) fn mend(text: &str) -> Mended {
    mend_within(text, WORK_LIMIT)
}

fn mend_within(text: &str, work: usize) -> Mended {
    let mut mended = Mended {
        text: text.to_owned(),
        ..Mended::default()
    };
    if first_error(text).is_none() {
        return mended;
    }
    let work = Work {
        left: Cell::new(work),
    };
    let blocks = blocks(text, &work);
    for place in 0..blocks.len() {
        mend_block(&mut mended, text, &blocks, place, &work);
    }
    // The remaining errors only show in the whole text, such as a duplicate key.
    let statements: usize = blocks.iter().map(|block| block.statements.len()).sum();
    for _ in 0..=statements {
        let Some((at, message)) = first_error(&mended.text) else {
            return mended;
        };
        mended.errors.push((at, message));
        if !work.spend(text.len()) {
            break;
        }
        let found = blocks.iter().enumerate().find_map(|(place, block)| {
            let mut statements = block.statements.iter();
            let statement = statements.find(|range| range.contains(&at))?;
            Some((place, statement.clone()))
        });
        match found {
            Some((place, statement)) => lose(&mut mended, text, &blocks, place, statement),
            None => break,
        }
    }
    // Nothing in it can be parsed.
    let all = 0..text.len();
    mended.losses.words.extend(words(text));
    mended.losses.heads.insert(0);
    blank(&mut mended.text, all);
    mended
}

/// The first error of a text by offset; the parser reports them in another order.
fn first_error(text: &str) -> Option<(usize, String)> {
    let (_, errors) = DeTable::parse_recoverable(text);
    let place = |error: &toml::de::Error| error.span().map_or(0, |span| span.start);
    let first = errors.iter().min_by_key(|error| place(error))?;
    Some((place(first).min(text.len()), first.message().to_owned()))
}

/// Whether a text parses; `false` once the budget is spent.
fn parses(text: &str, work: &Work) -> bool {
    work.spend(text.len()) && DeTable::parse(text).is_ok()
}

/// The lines of a part of a text, with their line ends.
fn lines(text: &str, part: Range<usize>) -> Vec<Range<usize>> {
    let mut at = part.start;
    let line = |line: &str| {
        at += line.len();
        at - line.len()..at
    };
    text[part].split_inclusive('\n').map(line).collect()
}

fn blocks(text: &str, work: &Work) -> Vec<Block> {
    let mut blocks = vec![Block {
        range: 0..0,
        path: Vec::new(),
        statements: Vec::new(),
    }];
    for line in lines(text, 0..text.len()) {
        if let Some(header) = header(&text[line.clone()]) {
            blocks.push(Block {
                range: line.clone(),
                path: words(header).collect(),
                statements: Vec::new(),
            });
        }
        if let Some(block) = blocks.last_mut() {
            block.range.end = line.end;
        }
    }
    for block in &mut blocks {
        block.statements = statements(text, block.range.clone(), work);
    }
    blocks
}

/// The header in a line, even if a bracket of it is missing.
fn header(line: &str) -> Option<&str> {
    let header = line.split('#').next().unwrap_or_default().trim_end();
    let path = header.trim_start_matches('[').trim_end_matches(']');
    let is_path = path.starts_with(|first: char| first.is_ascii_alphabetic())
        && path
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "_-.".contains(character));
    (is_path && path.len() < header.len()).then_some(header)
}

/// The statements of a block: each the shortest run of lines that parses, or the lines up to where the next one may begin.
fn statements(text: &str, block: Range<usize>, work: &Work) -> Vec<Range<usize>> {
    let lines = lines(text, block);
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut next = 0;
    while next < lines.len() {
        let first = lines[next].clone();
        let said = text[first.clone()].trim();
        if said.is_empty() || said.starts_with('#') {
            next += 1;
            continue;
        }
        let sound = (next..lines.len())
            .take_while(|_| !work.is_spent())
            .find(|last| parses(&text[first.start..lines[*last].end], work));
        let last = sound.unwrap_or_else(|| {
            let indent = indentation(&text[first.clone()]);
            let others = lines[next + 1..].iter();
            let of_it = others.take_while(|line| {
                let line = &text[(*line).clone()];
                !(begins_statement(line) && indentation(line) <= indent)
            });
            next + of_it.count()
        });
        found.push(first.start..lines[last].end);
        next = last + 1;
    }
    found
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Whether a line looks like `key = …`.
fn begins_statement(line: &str) -> bool {
    let key = line.split('=').next().unwrap_or_default().trim();
    let is_key = |character: char| character.is_alphanumeric() || "_-.\"'".contains(character);
    line.contains('=') && !key.is_empty() && key.chars().all(is_key)
}

/// Reports and blanks out the statements of a block that do not parse.
fn mend_block(mended: &mut Mended, text: &str, blocks: &[Block], place: usize, work: &Work) {
    for statement in &blocks[place].statements {
        if work.is_spent() {
            return;
        }
        // It may have been blanked out together with an earlier header.
        if !parses(&mended.text[statement.clone()], work) {
            mend_statement(mended, text, blocks, place, statement.clone(), work);
            // Losing a part searches all blocks.
            work.spend(blocks.len());
        }
    }
}

/// Blanks out the lines of a statement that do not parse, such as elements of a list; all of it if that does not help.
fn mend_statement(
    mended: &mut Mended,
    text: &str,
    blocks: &[Block],
    place: usize,
    statement: Range<usize>,
    work: &Work,
) {
    let lines = lines(text, statement.clone());
    let mut kept = mended.text[statement.clone()].to_owned();
    let mut errors: Vec<(usize, String)> = Vec::new();
    let mut lost: Vec<Range<usize>> = Vec::new();
    while let Some((at, message)) = first_error(&kept) {
        let at = statement.start + at;
        errors.push((at, message));
        let inner = lines.get(1..lines.len().saturating_sub(1));
        let line = inner
            .unwrap_or_default()
            .iter()
            .find(|line| line.contains(&at));
        match line {
            Some(line) if !lost.contains(line) && work.spend(kept.len()) => {
                blank(
                    &mut kept,
                    line.start - statement.start..line.end - statement.start,
                );
                lost.push(line.clone());
            }
            _ => {
                // Later errors may only follow from the first.
                errors.truncate(1);
                lost = vec![statement.clone()];
                break;
            }
        }
    }
    mended.errors.extend(errors);
    for part in lost {
        lose(mended, text, blocks, place, part);
    }
}

/// Blanks out a part of a block. A header takes its table with it, and the tables under it.
fn lose(mended: &mut Mended, text: &str, blocks: &[Block], place: usize, part: Range<usize>) {
    let block = &blocks[place];
    let mut parts = vec![part.clone()];
    if !block.path.is_empty() && part.start == block.range.start {
        parts = vec![block.range.clone()];
        let under = blocks[place + 1..].iter().take_while(|other| {
            other.path.len() > block.path.len() && other.path.starts_with(&block.path)
        });
        parts.extend(under.map(|other| other.range.clone()));
        mended.losses.heads.insert(0);
    }
    for part in parts {
        mended.losses.words.extend(words(&text[part.clone()]));
        blank(&mut mended.text, part);
    }
    mended.losses.heads.insert(block.range.start);
    // The enclosing tables may require what was lost.
    let mut depth = block.path.len();
    for above in blocks[..place].iter().rev() {
        if (1..depth).contains(&above.path.len()) && block.path.starts_with(&above.path) {
            mended.losses.heads.insert(above.range.start);
            depth = above.path.len();
        }
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|character: char| !(character.is_ascii_alphanumeric() || "_-".contains(character)))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
}

/// Overwrites everything but the line ends with spaces, byte for byte.
fn blank(text: &mut String, part: Range<usize>) {
    let blanks: String = text[part.clone()]
        .bytes()
        .map(|byte| if byte == b'\n' { '\n' } else { ' ' })
        .collect();
    text.replace_range(part, &blanks);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts in which every line opens something that nothing closes.
    fn hopeless() -> Vec<String> {
        [
            "a = [\n",
            "a = {\n",
            "[[a\n",
            "a = \"\"\"\nb = '''\n",
            "a = 1\na = 2\n",
            "[a]\nb = ]\n",
            "a.b = 1\na = 2 2\n",
        ]
        .iter()
        .map(|line| line.repeat(200_000 / line.len()))
        .collect()
    }

    #[test]
    fn mending_ends_whatever_the_text_and_leaves_what_parses() {
        for text in hopeless() {
            let mended = mend_within(&text, 1_000_000);
            assert_eq!(mended.text.len(), text.len());
            assert!(!mended.errors.is_empty());
            assert!(first_error(&mended.text).is_none(), "{}", &text[..20]);
        }
    }
}
