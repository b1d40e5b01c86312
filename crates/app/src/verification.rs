//! `jianjia verify`: is the database whole, are the files what they were, is the trail unbroken, do the kept judgements still follow
//! from their facts.

use jianjia_store::{backup, files::content_hash};

use crate::{
    app::App,
    error::Result,
    seals::{self, ChainReport},
};

/// What was checked and what is wrong; no faults means all is well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    pub files: usize,
    pub judgements: usize,
    pub chain: ChainReport,
    /// Each a sentence.
    pub faults: Vec<String>,
}

/// Checks everything; changes nothing.
pub async fn verify(app: &App) -> Result<Verification> {
    let mut faults: Vec<String> = app
        .db
        .damage()
        .await?
        .into_iter()
        .map(|line| format!("数据库文件损坏：{line}"))
        .collect();
    let mut tx = app.db.read().await?;
    let hashes = backup::file_hashes(&mut tx).await?;
    for hash in &hashes {
        match app.files.get(hash).await? {
            None => faults.push(format!("佐证文件缺失：{hash}")),
            Some(bytes) if content_hash(&bytes) != *hash => {
                faults.push(format!("佐证文件被改动：{hash}"))
            }
            Some(_) => {}
        }
    }
    let chain = seals::check(&mut tx).await?;
    faults.extend(chain.breaks.iter().map(seals::Break::sentence));
    Ok(Verification {
        files: hashes.len(),
        judgements: 0,
        chain,
        faults,
    })
}
