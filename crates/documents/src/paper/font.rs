//! The fonts of a machine: which families there are, which characters they have. Files are read when the first paper needs them.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use resvg::usvg::fontdb::{Database, Source};
use typst::{
    foundations::Bytes,
    text::{Font, FontBook, FontInfo, FontVariant, FontWeight},
    utils::LazyHash,
};

use crate::paper::{
    fault::Fault,
    layout::{Families, Layouts, Role, Roles},
};

/// Where systems keep their fonts.
pub const SYSTEM_FOLDERS: [&str; 3] = [
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/Library/Fonts",
];

/// Folders within folders, at most: a link may lead back.
const DEPTH: usize = 8;

pub struct Fonts {
    pub(super) book: LazyHash<FontBook>,
    files: Vec<File>,
    faces: Vec<Face>,
    pub(super) roles: Roles<Chosen>,
    charts: OnceLock<Arc<Database>>,
}

struct File {
    path: PathBuf,
    data: OnceLock<Option<Bytes>>,
}

struct Face {
    /// Index in the files.
    file: usize,
    /// Index in the file, which may be a collection.
    index: u32,
    info: FontInfo,
    font: OnceLock<Option<Font>>,
}

/// The faces that set a role, the first one first.
pub(super) struct Chosen {
    pub(super) families: Vec<String>,
    pub(super) bold: bool,
    /// The name in a DOCX.
    pub(super) word: String,
    faces: Vec<usize>,
    characters: Characters,
}

/// A bit a character: looked up for every character of every paper.
struct Characters(Vec<u64>);

impl Characters {
    fn of<'a>(infos: impl Iterator<Item = &'a FontInfo>) -> Characters {
        let mut words = Vec::new();
        for character in infos.flat_map(|info| info.coverage.iter()) {
            // A character's number is below 2^21.
            let (word, bit) = ((character / 64) as usize, character % 64);
            if words.len() <= word {
                words.resize(word + 1, 0);
            }
            words[word] |= 1 << bit;
        }
        Characters(words)
    }

    fn has(&self, character: char) -> bool {
        let number = u32::from(character);
        self.0
            .get((number / 64) as usize)
            .is_some_and(|word| word >> (number % 64) & 1 == 1)
    }
}

impl Fonts {
    /// Looks for the layouts' families in folders and the folders in them.
    ///
    /// # Errors
    /// If a role has no family that is there. The folders themselves may be missing: systems differ.
    pub fn open(folders: &[PathBuf], layouts: &Layouts) -> Result<Fonts, Fault> {
        let wanted: BTreeSet<String> = Role::ALL
            .iter()
            .flat_map(|role| &layouts.fonts.of(*role).families)
            .map(|family| family.to_lowercase())
            .collect();
        let mut paths = Vec::new();
        for folder in folders {
            gather(folder, DEPTH, &mut paths);
        }
        paths.sort();
        paths.dedup();
        let (mut files, mut faces) = (Vec::new(), Vec::<Face>::new());
        for path in paths {
            let Ok(data) = fs::read(&path) else { continue };
            let before = faces.len();
            for font in Font::iter(Bytes::new(data)) {
                if wanted.contains(&font.info().family.to_lowercase()) {
                    faces.push(Face {
                        file: files.len(),
                        index: font.index(),
                        info: font.info().clone(),
                        font: OnceLock::new(),
                    });
                }
            }
            if faces.len() > before {
                files.push(File {
                    path,
                    data: OnceLock::new(),
                });
            }
        }
        let book = FontBook::from_infos(faces.iter().map(|face| face.info.clone()));
        let chosen = |role: Role| chosen(role, layouts.fonts.of(role), &book, folders);
        let roles = Roles {
            body: chosen(Role::Body)?,
            title: chosen(Role::Title)?,
            heading: chosen(Role::Heading)?,
            subheading: chosen(Role::Subheading)?,
            plain: chosen(Role::Plain)?,
        };
        Ok(Fonts {
            book: LazyHash::new(book),
            files,
            faces,
            roles,
            charts: OnceLock::new(),
        })
    }

    /// The configured folders, or those of the system.
    pub fn folders(configured: &[PathBuf]) -> Vec<PathBuf> {
        if configured.is_empty() {
            SYSTEM_FOLDERS.iter().map(PathBuf::from).collect()
        } else {
            configured.to_vec()
        }
    }

    /// Whether a family of the role has the character.
    pub(super) fn has(&self, role: Role, character: char) -> bool {
        self.roles.of(role).characters.has(character)
    }

    /// The fonts as charts look for them.
    pub(super) fn for_charts(&self) -> Arc<Database> {
        self.charts
            .get_or_init(|| {
                let mut database = Database::new();
                for face in &self.roles.heading.faces {
                    let file = self.faces.get(*face).and_then(|face| self.data(face.file));
                    if let Some(data) = file {
                        database.load_font_source(Source::Binary(Arc::new(data)));
                    }
                }
                Arc::new(database)
            })
            .clone()
    }

    /// The family of a chart's text.
    pub(super) fn chart_family(&self) -> String {
        let face = self.roles.heading.faces.first();
        face.and_then(|face| self.faces.get(*face))
            .map_or_else(String::new, |face| face.info.family.clone())
    }

    fn data(&self, file: usize) -> Option<Bytes> {
        let file = self.files.get(file)?;
        file.data
            .get_or_init(|| fs::read(&file.path).ok().map(Bytes::new))
            .clone()
    }

    /// The face of a book's index.
    pub(super) fn font(&self, index: usize) -> Option<Font> {
        let face = self.faces.get(index)?;
        face.font
            .get_or_init(|| Font::new(self.data(face.file)?, face.index))
            .clone()
    }
}

fn gather(folder: &Path, depth: usize, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if depth > 0 {
                gather(&path, depth - 1, paths);
            }
            continue;
        }
        let is_font = path
            .extension()
            .and_then(|extension| extension.to_str())
            .is_some_and(|extension| {
                ["ttf", "otf", "ttc", "otc"].contains(&extension.to_lowercase().as_str())
            });
        if is_font {
            paths.push(path);
        }
    }
}

fn chosen(
    role: Role,
    families: &Families,
    book: &FontBook,
    folders: &[PathBuf],
) -> Result<Chosen, Fault> {
    let variant = FontVariant {
        weight: if families.bold {
            FontWeight::BOLD
        } else {
            FontWeight::REGULAR
        },
        ..FontVariant::default()
    };
    let (mut names, mut faces) = (Vec::new(), Vec::new());
    for family in &families.families {
        if let Some(face) = book.select(&family.to_lowercase(), variant) {
            names.push(family.to_lowercase());
            faces.push(face);
        }
    }
    if faces.is_empty() {
        return Err(Fault::NoFont {
            role: role.name().to_owned(),
            families: families.families.clone(),
            folders: folders
                .iter()
                .map(|folder| folder.display().to_string())
                .collect(),
        });
    }
    Ok(Chosen {
        families: names,
        bold: families.bold,
        word: families.word.clone(),
        characters: Characters::of(faces.iter().filter_map(|face| book.info(*face))),
        faces,
    })
}
