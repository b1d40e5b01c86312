//! `layouts.toml`: the measures of papers and the names of fonts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::paper::fault::{Fault, Place};

pub const FILE: &str = "layouts.toml";

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layouts {
    pub fonts: Roles<Families>,
    pub layout: BTreeMap<String, Layout>,
}

/// The five faces of official papers.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Roles<T> {
    /// 仿宋
    pub body: T,
    /// 小标宋
    pub title: T,
    /// 黑体
    pub heading: T,
    /// 楷体
    pub subheading: T,
    /// 宋体
    pub plain: T,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Body,
    Title,
    Heading,
    Subheading,
    Plain,
}

impl Role {
    pub const ALL: [Role; 5] = [
        Role::Body,
        Role::Title,
        Role::Heading,
        Role::Subheading,
        Role::Plain,
    ];

    /// The name in `layouts.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Role::Body => "body",
            Role::Title => "title",
            Role::Heading => "heading",
            Role::Subheading => "subheading",
            Role::Plain => "plain",
        }
    }
}

impl<T> Roles<T> {
    pub fn of(&self, role: Role) -> &T {
        match role {
            Role::Body => &self.body,
            Role::Title => &self.title,
            Role::Heading => &self.heading,
            Role::Subheading => &self.subheading,
            Role::Plain => &self.plain,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Families {
    /// The name in a DOCX, whose reader has fonts of its own.
    pub word: String,
    /// The first that is there sets the text, the others what it lacks.
    pub families: Vec<String>,
    #[serde(default)]
    pub bold: bool,
}

/// The measures of one kind of paper. Lengths in millimetres, sizes of type in points.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    pub width_mm: f64,
    pub height_mm: f64,
    pub margin_mm: Margins,
    pub size_pt: f64,
    /// From a line of the body to the next.
    pub pitch_pt: f64,
    /// How far first lines move in, in characters.
    pub indent: f64,
    pub small_pt: f64,
    pub large_pt: f64,
    pub title_pt: f64,
    pub title_color: Color,
    /// Empty lines before and after the title.
    pub title_before: f64,
    pub title_after: f64,
    pub table_pt: f64,
    pub form_pt: f64,
    /// How far signatures stand off the right edge, in characters.
    pub signature_right: f64,
    pub page_numbers: PageNumbers,
    #[serde(default)]
    pub head: Option<Head>,
    #[serde(default)]
    pub border: Option<Border>,
}

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Margins {
    pub top: f64,
    pub bottom: f64,
    pub left: f64,
    pub right: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PageNumbers {
    None,
    /// `— 1 —`, at the outer edge.
    Dashes,
    /// 第 1 页 共 3 页, in the middle.
    Of,
}

/// 红头.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// From the top of the text to the head.
    pub drop_mm: f64,
    /// At most; a long name is set smaller, in one line.
    pub size_pt: f64,
    pub color: Color,
    /// From the number to the red line.
    pub line_gap_mm: f64,
    pub line_pt: f64,
}

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Border {
    pub inset_mm: f64,
    pub width_pt: f64,
    /// From the outer to the inner line.
    pub gap_mm: f64,
    pub color: Color,
}

/// Six hexadecimal digits: red, green, blue.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String")]
pub struct Color(pub String);

impl TryFrom<String> for Color {
    type Error = String;

    fn try_from(text: String) -> Result<Color, String> {
        if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(Color(text))
        } else {
            Err(format!(
                "{text:?} is no color: six hexadecimal digits are, like \"C00000\""
            ))
        }
    }
}

impl Layout {
    /// The width of the text.
    pub fn text_mm(&self) -> f64 {
        self.width_mm - self.margin_mm.left - self.margin_mm.right
    }

    /// The height of the text.
    pub fn text_height_mm(&self) -> f64 {
        self.height_mm - self.margin_mm.top - self.margin_mm.bottom
    }

    /// The size of type at which a head of so many characters fits into one line.
    pub fn head_pt(&self, characters: usize) -> f64 {
        let most = self
            .head
            .as_ref()
            .map_or(self.title_pt, |head| head.size_pt);
        // A count of characters is far below what a float holds exactly.
        let fitting = self.text_mm() / MM_A_POINT / characters.max(1) as f64;
        most.min((fitting * 2.0).floor() / 2.0)
    }
}

pub const MM_A_POINT: f64 = 25.4 / 72.0;

/// Reads `layouts.toml`.
///
/// # Errors
/// If it is not TOML, or a name or measure is wrong.
pub fn layouts(text: &str) -> Result<Layouts, Fault> {
    let layouts: Layouts = toml::from_str(text).map_err(|error| Fault::Layouts {
        place: Place::of_byte(FILE, text, error.span().map_or(0, |span| span.start)),
        what: error.message().to_owned(),
    })?;
    for (name, layout) in &layouts.layout {
        let measures = [
            layout.text_mm(),
            layout.text_height_mm(),
            layout.size_pt,
            layout.pitch_pt,
            layout.small_pt,
            layout.large_pt,
            layout.title_pt,
            layout.table_pt,
            layout.form_pt,
        ];
        // Written so that NaN is refused too.
        if !measures
            .iter()
            .all(|measure| *measure > 0.0 && *measure < 5_000.0)
        {
            let at = text.find(&format!("[layout.{name}]")).unwrap_or(0);
            return Err(Fault::Layouts {
                place: Place::of_byte(FILE, text, at),
                what: format!(
                    "the layout {name:?} leaves no room for text, or has a size of type that is not above zero"
                ),
            });
        }
    }
    Ok(layouts)
}
