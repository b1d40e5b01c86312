//! The zip archive of a workbook and the XML of its parts, read in a stream under a budget.

use std::{
    borrow::Cow,
    collections::HashMap,
    io::{self, BufRead, BufReader, Cursor, Read},
};

use quick_xml::{
    XmlVersion,
    escape::resolve_xml_entity,
    events::{BytesRef, BytesStart, Event},
    reader::Reader,
};
use zip::{ZipArchive, read::ZipFile};

use crate::sheet::{PARTS_LIMIT, SheetProblem, budget::Budget};

/// Limit on the nesting of elements: a sheet needs less than ten levels.
const DEPTH_LIMIT: usize = 64;
/// Limit on the bytes of one tag or text node: the longest text of a cell, with every character escaped, is below it.
const PIECE_LIMIT: usize = 1024 * 1024;

pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Indices by lower-case names with forward slashes: some programs write others.
    places: HashMap<String, usize>,
}

impl<'a> Package<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Package<'a>, SheetProblem> {
        check_directory(bytes)?;
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| SheetProblem::Damaged)?;
        if archive.len() > PARTS_LIMIT {
            return Err(SheetProblem::TooManyParts { limit: PARTS_LIMIT });
        }
        let places = archive
            .file_names_raw()
            .enumerate()
            .map(|(place, name)| (plain_name(&String::from_utf8_lossy(name)), place))
            .collect();
        Ok(Package { archive, places })
    }

    pub(super) fn has_folder(&self, folder: &str) -> bool {
        self.places.keys().any(|name| name.starts_with(folder))
    }

    /// A part's XML; `None` if there is no such part.
    pub(super) fn part<'b>(
        &'b mut self,
        name: &str,
        budget: &'b Budget,
    ) -> Result<Option<Part<'b, 'a>>, SheetProblem> {
        let Some(place) = self.places.get(&plain_name(name)) else {
            return Ok(None);
        };
        let file = self.archive.by_index(*place);
        let file = file.map_err(|_| SheetProblem::Damaged)?;
        Ok(Some(Part::new(file, budget)))
    }
}

fn plain_name(name: &str) -> String {
    name.trim_start_matches(['/', '\\'])
        .replace('\\', "/")
        .to_lowercase()
}

/// Refuses an archive whose central directory has, or claims, more entries than a workbook, because the zip reader allocates memory for them first.
/// If there are several directories, all are checked.
fn check_directory(bytes: &[u8]) -> Result<(), SheetProblem> {
    let too_many = Err(SheetProblem::TooManyParts { limit: PARTS_LIMIT });
    let (mut entries, mut ends) = (0, 0);
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|byte| *byte == b'P') {
        at += found;
        match bytes.get(at..at + 4) {
            Some(b"PK\x01\x02") => entries += 1,
            Some(b"PK\x05\x06") => ends += 1,
            Some(b"PK\x06\x06") => {
                ends += 1;
                let count = bytes.get(at + 32..at + 40).unwrap_or_default();
                let count = count
                    .iter()
                    .rev()
                    .fold(0_u64, |sum, byte| sum.wrapping_shl(8) | u64::from(*byte));
                if count > PARTS_LIMIT as u64 {
                    return too_many;
                }
            }
            _ => {}
        }
        if entries > PARTS_LIMIT || ends > PARTS_LIMIT / 10 {
            return too_many;
        }
        at += 1;
    }
    Ok(())
}

/// One part, as a stream of XML events.
pub(super) struct Part<'b, 'a> {
    xml: Reader<Watched<'b, BufReader<ZipFile<'b, Cursor<&'a [u8]>>>>>,
    buffer: Vec<u8>,
    depth: usize,
}

impl<'b, 'a> Part<'b, 'a> {
    fn new(file: ZipFile<'b, Cursor<&'a [u8]>>, budget: &'b Budget) -> Part<'b, 'a> {
        let mut xml = Reader::from_reader(Watched {
            inner: BufReader::with_capacity(32 * 1024, file),
            budget,
            piece: 0,
            over: None,
        });
        let config = xml.config_mut();
        config.check_end_names = false;
        config.check_comments = false;
        config.expand_empty_elements = true;
        Part {
            xml,
            buffer: Vec::new(),
            depth: 0,
        }
    }

    /// The next event; `Eof` at the end.
    pub(super) fn next(&mut self) -> Result<Event<'_>, SheetProblem> {
        self.buffer.clear();
        self.xml.get_mut().piece = 0;
        let event = match self.xml.read_event_into(&mut self.buffer) {
            Ok(event) => event,
            Err(_) => {
                let over = self.xml.get_mut().over.take();
                return Err(over.unwrap_or(SheetProblem::Damaged));
            }
        };
        match event {
            Event::Start(_) => {
                self.depth += 1;
                if self.depth > DEPTH_LIMIT {
                    return Err(SheetProblem::TooIntricate);
                }
            }
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        Ok(event)
    }

    /// The number of open elements.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// Reads on to the end of the element that was just opened, passing on its text.
    pub(super) fn text_within(
        &mut self,
        mut take: impl FnMut(&str) -> Result<(), SheetProblem>,
    ) -> Result<(), SheetProblem> {
        let within = self.depth;
        loop {
            match self.next()? {
                Event::Text(text) => take(&text.xml10_content())?,
                Event::CData(text) => take(&text.xml10_content())?,
                Event::GeneralRef(name) => take(&resolved(&name)?)?,
                Event::Eof => return Err(SheetProblem::Damaged),
                _ => {}
            }
            if self.depth < within {
                return Ok(());
            }
        }
    }
}

/// `&lt;` and `&#60;`; entities that a document defines itself are not expanded.
fn resolved(name: &BytesRef<'_>) -> Result<Cow<'static, str>, SheetProblem> {
    if let Some(text) = resolve_xml_entity(name) {
        return Ok(Cow::Borrowed(text));
    }
    match name.resolve_char_ref() {
        Ok(Some(character)) => Ok(Cow::Owned(character.to_string())),
        _ => Err(SheetProblem::Damaged),
    }
}

/// An attribute by its local name.
pub(super) fn attribute<'e>(
    element: &'e BytesStart<'_>,
    name: &str,
) -> Result<Option<Cow<'e, str>>, SheetProblem> {
    for found in attributes(element) {
        let (found, value) = found?;
        if found == name {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

/// All attributes in order, by their local names.
pub(super) fn attributes<'e>(
    element: &'e BytesStart<'_>,
) -> impl Iterator<Item = Result<(&'e str, Cow<'e, str>), SheetProblem>> {
    // Checking for duplicate attributes is quadratic in their number.
    let mut found = element.attributes();
    found.with_checks(false);
    found.map(|attribute| {
        let attribute = attribute.map_err(|_| SheetProblem::Damaged)?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
        let value = value.map_err(|_| SheetProblem::Damaged)?;
        Ok((attribute.key.local_name().into_inner(), value))
    })
}

/// Counts the bytes read against the budgets of the file and of one piece.
struct Watched<'b, R> {
    inner: R,
    budget: &'b Budget,
    /// Bytes since the last event.
    piece: usize,
    over: Option<SheetProblem>,
}

impl<R: BufRead> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut available = self.fill_buf()?;
        let length = available.read(buffer)?;
        self.consume(length);
        Ok(length)
    }
}

impl<R: BufRead> BufRead for Watched<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if let Some(over) = &self.over {
            return Err(io::Error::other(over.clone()));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.inner.consume(bytes);
        self.piece += bytes;
        let within = match self.budget.unpack(bytes) {
            Ok(()) if self.piece > PIECE_LIMIT => Err(SheetProblem::TooIntricate),
            within => within,
        };
        if let Err(over) = within {
            self.over = Some(over);
        }
    }
}
