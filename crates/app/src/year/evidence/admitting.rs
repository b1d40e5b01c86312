//! Checking what is uploaded, cleaning and storing it.

use anyhow::Context;
use bytes::Bytes;
use jianjia_domain::{
    core::{
        ids::UnitId,
        policy::{Act, Actor},
        refusal::Refusal,
    },
    year::evidence::{self, EvidenceRefusal, MediaType, plain_name},
};

use super::cleaning::{self, Unclean};
use crate::core::{
    app::App,
    error::Result,
    turn::{Busy, Turns},
};

/// Concurrent decoding of pictures: each may take some hundred megabytes and a second or two of CPU.
static PICTURES: Turns = Turns::new(2);

/// A file as uploaded.
#[derive(Clone, Debug)]
pub struct File {
    pub name: String,
    pub bytes: Bytes,
}

/// A file that was checked, cleaned and stored, but is not in the unit's list yet.
#[derive(Clone, Debug)]
pub struct Admitted {
    pub(crate) name: String,
    pub(crate) media_type: MediaType,
    pub(crate) hash: String,
    pub(crate) bytes: i64,
}

/// Checks files and stores their cleaned content, once the actor is known to be permitted the act they come with. All or none.
pub(crate) async fn admit_all(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    act: Act,
    files: Vec<File>,
) -> Result<Vec<Admitted>> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let mut tx = app.db.read().await?;
    app.permit(&mut tx, actor, act, unit).await?;
    tx.commit().await?;
    admit(app, files).await
}

/// As `admit_all`, where it was asked already whether the actor may.
pub(crate) async fn admit(app: &App, files: Vec<File>) -> Result<Vec<Admitted>> {
    stored(app, clean_all(files).await?).await
}

/// As `admit_all`, where it was asked already whether the actor may, and photos alone are taken, by a field of this name.
pub(crate) async fn admit_photos(
    app: &App,
    field: &'static str,
    photos: Vec<File>,
) -> Result<Vec<Admitted>> {
    let takes = Takes {
        field,
        admit: evidence::admit_photo,
    };
    stored(app, clean_each(&takes, photos).await?).await
}

async fn stored(app: &App, clean: Vec<Clean>) -> Result<Vec<Admitted>> {
    let mut admitted = Vec::new();
    for Clean {
        name,
        media_type,
        bytes,
    } in clean
    {
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let hash = app.files.put(bytes).await?;
        admitted.push(Admitted {
            name,
            media_type,
            hash,
            bytes: size,
        });
    }
    Ok(admitted)
}

/// A file that was checked and cleaned, but is stored nowhere.
pub(crate) struct Clean {
    pub name: String,
    pub media_type: MediaType,
    pub bytes: Bytes,
}

/// What is taken by a field of a form.
struct Takes {
    field: &'static str,
    /// By name, size and what the bytes are.
    admit: fn(&str, usize, Option<MediaType>) -> std::result::Result<MediaType, EvidenceRefusal>,
}

impl Takes {
    fn refused(&self, refusal: EvidenceRefusal) -> Refusal {
        Refusal::at(self.field, refusal)
    }
}

/// Checks files and cleans their content. All or none.
pub(crate) async fn clean_all(files: Vec<File>) -> Result<Vec<Clean>> {
    let takes = Takes {
        field: "file",
        admit: evidence::admit,
    };
    clean_each(&takes, files).await
}

async fn clean_each(takes: &Takes, files: Vec<File>) -> Result<Vec<Clean>> {
    let mut clean = Vec::new();
    for file in files {
        let name = plain_name(&file.name);
        let bytes = file.bytes.clone();
        // Off the async threads: the names of an archive's entries are searched for in the whole file.
        let real = tokio::task::spawn_blocking(move || media_type_of(&bytes)).await;
        let real = real.context("the file could not be looked at")?;
        let admitted = (takes.admit)(&name, file.bytes.len(), real);
        let media_type = admitted.map_err(|refusal| takes.refused(refusal))?;
        let bytes = if media_type.is_image() {
            cleaned(takes, &name, media_type, file.bytes).await?
        } else {
            file.bytes
        };
        clean.push(Clean {
            name,
            media_type,
            bytes,
        });
    }
    Ok(clean)
}

/// The media type of the content.
fn media_type_of(bytes: &[u8]) -> Option<MediaType> {
    match infer::get(bytes)?.mime_type() {
        // Office files are zip archives; only the names of the entries, in any order, tell which kind it is.
        "application/zip" => office_type_of(bytes),
        mime => MediaType::from_mime(mime).or_else(|| office_type_of(bytes)),
    }
}

fn office_type_of(bytes: &[u8]) -> Option<MediaType> {
    let holds = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
    if !bytes.starts_with(b"PK\x03\x04") || !holds(b"[Content_Types].xml") {
        return None;
    }
    [
        (b"word/document.xml".as_slice(), MediaType::Docx),
        (b"xl/workbook.xml".as_slice(), MediaType::Xlsx),
        (b"ppt/presentation.xml".as_slice(), MediaType::Pptx),
    ]
    .into_iter()
    .find(|(name, _)| holds(name))
    .map(|(_, kind)| kind)
}

/// The picture without its metadata; refused if it is too large or gets no turn in time.
async fn cleaned(takes: &Takes, name: &str, media_type: MediaType, bytes: Bytes) -> Result<Bytes> {
    let name = name.to_owned();
    let refusal = match PICTURES
        .take(move || cleaning::clean(media_type, &bytes))
        .await?
    {
        Ok(Ok(clean)) => return Ok(clean),
        Ok(Err(Unclean::TooLarge { width, height })) => EvidenceRefusal::TooManyPixels {
            name,
            width,
            height,
        },
        Ok(Err(Unclean::Broken)) => EvidenceRefusal::Broken { name },
        Err(Busy) => EvidenceRefusal::Busy { name },
    };
    Err(takes.refused(refusal).into())
}
