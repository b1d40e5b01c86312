//! Documents that unions of the past showed with what they said.

use anyhow::Context;
use jianjia_domain::year::evidence::{Evidence, MediaType, Target};
use jianjia_store::year::evidence as kept;

use super::CityFounding;
use crate::{
    core::{app::App, error::Result},
    year::evidence::{File, admit},
};

/// A file whose content is kept, for any number of unions.
#[derive(Clone, Debug)]
pub struct Document {
    pub name: String,
    pub media_type: MediaType,
    pub hash: String,
    pub bytes: i64,
}

/// Keeps the content of a file, checked as an upload is.
///
/// # Errors
/// As an upload; when it can't be kept.
pub async fn document(app: &App, file: File) -> Result<Document> {
    let admitted = admit(app, vec![file]).await?;
    let file = admitted.into_iter().next().context("the file's content")?;
    Ok(Document {
        name: file.name,
        media_type: file.media_type,
        hash: file.hash,
        bytes: file.bytes,
    })
}

impl CityFounding {
    /// Enters pieces of evidence with what they were shown for in a year. Their content is kept before.
    pub async fn evidence(&mut self, year: i16, shown: &[(Evidence, Vec<Target>)]) -> Result<()> {
        Ok(kept::insert_many(&mut self.tx, year, shown).await?)
    }
}
