//! PDF by typst. Its world has the layout program, the blocks and the pictures of the papers at hand, and the fonts: no other file, no network, no
//! clock.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use serde::Serialize;
use serde_json::{Value as Json, json};
use typst::{
    Library, LibraryExt, World, comemo, compile,
    diag::{FileError, FileResult, SourceDiagnostic},
    foundations::{Bytes, Datetime, Duration, Smart},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::paper::{
    block::{Date, Paper, Picture, Placed},
    fault::Fault,
    font::{Chosen, Fonts},
    layout::{Layout, Layouts},
};

const PROGRAM: &str = include_str!("layout.typ");

/// PDF/A asks for a date; of a paper without one it is this, so that the same data gives the same bytes.
const UNDATED: Date = Date {
    year: 2016,
    month: 1,
    day: 1,
};

/// What all papers share of typst.
pub struct Shared {
    library: LazyHash<Library>,
    program: Source,
}

impl Shared {
    /// # Errors
    /// Never, unless typst refuses its own paths.
    pub fn new() -> Result<Shared, Fault> {
        Ok(Shared {
            library: LazyHash::new(Library::default()),
            program: Source::new(file_id("/layout.typ")?, PROGRAM.to_owned()),
        })
    }
}

/// One PDF of all papers, in order, each beginning on a page of its own. The first gives the document's title and date.
///
/// # Errors
/// If typst can't set it, which is a mistake of the layout program or a damaged picture.
pub fn pdf(
    shared: &Shared,
    fonts: &Fonts,
    layouts: &Layouts,
    papers: &[Paper],
) -> Result<Vec<u8>, Fault> {
    let mut files = Files::default();
    let input = serde_json::to_vec(&input(fonts, layouts, papers, &mut files)?)
        .map_err(|error| fault(&error))?;
    let is_long = papers.len() > MANY || input.len() > LONG_BYTES;
    files
        .by_id
        .insert(file_id("/papers.json")?, Bytes::new(input));
    let desk = Desk {
        shared,
        fonts,
        files: files.by_id,
    };
    let document = compile::<PagedDocument>(&desk);
    if is_long {
        // The pages are there: what led to them makes room for the file.
        comemo::evict(0);
    }
    let bytes = document
        .output
        .and_then(|document| {
            let standards =
                PdfStandards::new(&[PdfStandard::A_2b]).expect("one standard contradicts no other");
            let options = PdfOptions {
                creator: Smart::Custom(Some("Jianjia".to_owned())),
                standards,
                ..PdfOptions::default()
            };
            typst_pdf::pdf(&document, &options)
        })
        .map_err(|diagnostics| Fault::Typesetting {
            what: told(&diagnostics),
        });
    // What typst remembers of one paper is of use for the next that looks like it, and must not grow with their number.
    comemo::evict(if is_long { 0 } else { 3 });
    bytes
}

/// A document of more papers leaves nothing behind in memory.
const MANY: usize = 20;

/// As `MANY`, of the blocks as JSON: a table of a thousand rows. It would keep a hundred megabytes.
const LONG_BYTES: usize = 256 * 1024;

fn told(diagnostics: &[SourceDiagnostic]) -> String {
    let told: Vec<String> = diagnostics
        .iter()
        .map(|diagnostic| {
            let hints = diagnostic.hints.iter().map(|hint| format!(" ({})", hint.v));
            format!("{}{}", diagnostic.message, hints.collect::<String>())
        })
        .collect();
    told.join("; ")
}

fn fault(error: &serde_json::Error) -> Fault {
    Fault::Typesetting {
        what: error.to_string(),
    }
}

fn file_id(path: &str) -> Result<FileId, Fault> {
    let path = VirtualPath::new(path).map_err(|error| Fault::Typesetting {
        what: format!("{error:?}"),
    })?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

/// The pictures as files. Their paths are numbers from zero in every document, since typst keeps every path it has ever seen.
#[derive(Default)]
struct Files {
    by_id: HashMap<FileId, Bytes>,
    /// Numbers by the picture's place in memory: all papers of a package share theirs.
    numbers: BTreeMap<usize, usize>,
}

impl Files {
    fn add(&mut self, picture: &Arc<Picture>) -> Result<Json, Fault> {
        let next = self.numbers.len();
        let number = *self
            .numbers
            .entry(Arc::as_ptr(picture).addr())
            .or_insert(next);
        let path = format!("/picture/{number}");
        let (format, bytes) = match &**picture {
            Picture::Png { bytes, .. } => ("png", bytes.clone()),
            Picture::Jpeg { bytes, .. } => ("jpg", bytes.clone()),
            Picture::Svg { text, .. } => ("svg", text.clone().into_bytes()),
            Picture::Code { modules, .. } => ("code", modules.clone()),
        };
        if number == next {
            self.by_id.insert(file_id(&path)?, Bytes::new(bytes));
        }
        Ok(json!({ "path": path, "format": format, "width": picture.size().0 }))
    }
}

/// What the layout program reads.
#[derive(Serialize)]
struct Input<'a> {
    title: &'a str,
    author: &'a str,
    date: Date,
    fonts: BTreeMap<&'static str, Json>,
    layouts: BTreeMap<&'a str, &'a Layout>,
    papers: Vec<Set<'a>>,
}

#[derive(Serialize)]
struct Set<'a> {
    layout: &'a str,
    blocks: &'a [Placed],
    pictures: BTreeMap<&'a str, Json>,
}

fn input<'a>(
    fonts: &Fonts,
    layouts: &'a Layouts,
    papers: &'a [Paper],
    files: &mut Files,
) -> Result<Input<'a>, Fault> {
    let face = |chosen: &Chosen| json!({ "families": chosen.families, "bold": chosen.bold });
    let mut set = Vec::with_capacity(papers.len());
    for paper in papers {
        let mut pictures = BTreeMap::new();
        for (name, picture) in &paper.pictures {
            pictures.insert(name.as_str(), files.add(picture)?);
        }
        set.push(Set {
            layout: &paper.layout,
            blocks: &paper.blocks,
            pictures,
        });
    }
    let first = papers.first();
    Ok(Input {
        title: first.map_or("", |paper| &paper.title),
        author: first.map_or("", |paper| &paper.author),
        date: first.and_then(|paper| paper.dated_on).unwrap_or(UNDATED),
        fonts: [
            ("body", &fonts.roles.body),
            ("title", &fonts.roles.title),
            ("heading", &fonts.roles.heading),
            ("subheading", &fonts.roles.subheading),
            ("plain", &fonts.roles.plain),
        ]
        .map(|(name, chosen)| (name, face(chosen)))
        .into(),
        layouts: papers
            .iter()
            .filter_map(|paper| layouts.layout.get_key_value(&paper.layout))
            .map(|(name, layout)| (name.as_str(), layout))
            .collect(),
        papers: set,
    })
}

/// The world of one document.
struct Desk<'a> {
    shared: &'a Shared,
    fonts: &'a Fonts,
    files: HashMap<FileId, Bytes>,
}

impl World for Desk<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.shared.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.shared.program.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main() {
            Ok(self.shared.program.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.font(index)
    }

    /// No clock: the day of a paper comes with its data.
    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
