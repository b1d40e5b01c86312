//! A paper as blocks: what a template's XML says, and what both the PDF and the DOCX are made from.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Serialize, Serializer};

use crate::paper::fault::Place;

/// A paper, ready to be set.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Paper {
    /// The name of a layout in `layouts.toml`.
    pub layout: String,
    /// The document's title, as readers show it.
    pub title: String,
    pub author: String,
    /// The day on which the paper is dated; the file says so too.
    pub dated_on: Option<Date>,
    pub blocks: Vec<Placed>,
    /// Pictures by name. Codes are pictures too.
    #[serde(skip)]
    pub pictures: BTreeMap<String, Arc<Picture>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Date {
    pub year: u16,
    pub month: u8,
    pub day: u8,
}

/// A block and where in its template it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Placed {
    #[serde(flatten)]
    pub block: Block,
    #[serde(skip)]
    pub place: Place,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Block {
    /// 红头, the issuing body in red.
    RedHead {
        text: Vec<Inline>,
    },
    /// 文号, with the red line below it.
    Number {
        text: Vec<Inline>,
    },
    Title {
        text: Vec<Inline>,
    },
    Heading {
        level: u8,
        text: Vec<Inline>,
    },
    Para(Para),
    List {
        numbered: bool,
        items: Vec<Vec<Inline>>,
    },
    Table(Table),
    Seal(Seal),
    /// Who signs and when, at the right; never alone on a page.
    Signature {
        lines: Vec<Vec<Inline>>,
    },
    Picture(Shown),
    /// Space, in millimetres.
    Space {
        mm: f64,
    },
    /// What follows stands at the foot of the page.
    Fill,
    Break,
    /// 版记, at the foot of the last page.
    Record {
        lines: Vec<Vec<Inline>>,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Para {
    pub text: Vec<Inline>,
    pub align: Align,
    /// The first line moves in, as the layout says.
    pub indent: bool,
    pub size: Size,
    /// No page break between this and the next block.
    pub keep: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// Both edges straight.
    #[default]
    Both,
    Left,
    Center,
    Right,
}

/// The size of type, in points in `layouts.toml`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    #[default]
    Body,
    Small,
    Large,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Inline {
    Text {
        text: String,
        strong: bool,
        under: bool,
    },
    LineBreak,
    /// An underlined space to write in, in characters; `None` to the end of the line.
    Blank {
        characters: Option<f64>,
    },
    /// What follows stands at the right edge.
    Gap,
}

/// A table, the grid of a form, or blocks beside each other.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Table {
    /// The columns' shares of the width.
    pub columns: Vec<f64>,
    /// The heading rows, again on every page.
    pub header: Vec<Row>,
    pub rows: Vec<Row>,
    pub look: Look,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// Rows of figures: small type, thin lines.
    Table,
    /// Labels and values, room to write.
    Form,
    /// Without lines.
    Grid,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    #[serde(serialize_with = "written")]
    pub cells: Vec<Cell>,
    /// Not divided between two pages: false once it is so long that it would leave the page half empty.
    pub whole: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cell {
    pub blocks: Vec<Placed>,
    pub columns: usize,
    pub rows: usize,
    pub label: bool,
    /// At least so high, in millimetres.
    pub height_mm: f64,
    pub align: Align,
    pub middle: bool,
}

impl Cell {
    /// The text of a cell that is nothing else: at most a paragraph in one face, which stands as the cell does.
    fn only_text(&self) -> Option<&str> {
        if self.rows > 1 || self.height_mm > 0.0 || !self.middle || self.align == Align::Both {
            return None;
        }
        let para = match self.blocks.as_slice() {
            [] => return Some(""),
            [only] => match &only.block {
                Block::Para(para) => para,
                _ => return None,
            },
            _ => return None,
        };
        let is_plain = para.align == self.align && !para.indent && !para.keep;
        match para.text.as_slice() {
            [
                Inline::Text {
                    text,
                    strong: false,
                    under: false,
                },
            ] if is_plain && para.size == Size::Body => Some(text),
            _ => None,
        }
    }
}

/// A cell as the layout program reads it. One of text alone is an array, as a long table has many thousand of them, and an object takes some times the
/// memory there.
#[derive(Serialize)]
#[serde(untagged)]
enum Written<'a> {
    Text(&'a str, Align, usize),
    Whole(&'a Cell),
}

fn written<S: Serializer>(cells: &[Cell], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(cells.iter().map(|cell| match cell.only_text() {
        Some(text) => Written::Text(text, cell.align, cell.columns),
        None => Written::Whole(cell),
    }))
}

/// 盖章处: who signs, where the seal goes, and the day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Seal {
    pub sign: Vec<Inline>,
    pub seal: Vec<Inline>,
    pub date: Vec<Inline>,
}

/// A picture as it stands in a paper.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shown {
    pub name: String,
    /// What it shows, in words.
    pub alt: String,
    pub width_mm: f64,
    pub height_mm: f64,
    pub align: Align,
    pub caption: Vec<Inline>,
}

/// A picture's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picture {
    Png {
        bytes: Vec<u8>,
        width: u32,
        height: u32,
    },
    Jpeg {
        bytes: Vec<u8>,
        width: u32,
        height: u32,
    },
    Svg {
        text: String,
        width: u32,
        height: u32,
    },
    /// A QR code: a byte a module, 0 or 255, `width` in a row.
    Code { modules: Vec<u8>, width: u32 },
}

impl Picture {
    /// Width and height, in any one unit.
    pub fn size(&self) -> (u32, u32) {
        match self {
            Picture::Png { width, height, .. }
            | Picture::Jpeg { width, height, .. }
            | Picture::Svg { width, height, .. } => (*width, *height),
            Picture::Code { width, .. } => (*width, *width),
        }
    }
}

/// The text of inlines alone.
pub fn plain(inlines: &[Inline]) -> String {
    inlines
        .iter()
        .map(|inline| match inline {
            Inline::Text { text, .. } => text.as_str(),
            Inline::LineBreak => "\n",
            Inline::Blank { .. } | Inline::Gap => "",
        })
        .collect()
}
