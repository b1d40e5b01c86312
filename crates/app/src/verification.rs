//! `jianjia verify`: is the database whole, are the files what they were, is the trail unbroken, do the kept judgements still follow
//! from their facts, and the ratings from their ballots.

use std::{collections::BTreeMap, sync::Arc};

use jianjia_domain::assessment;
use jianjia_standard::Standard;
use jianjia_store::{audit, backup, db::Tx, files::content_hash, judgement, progress};

use crate::{
    app::App,
    error::Result,
    polls::checking,
    seals::{self, ChainReport},
    standards,
};

/// What was checked and what is wrong; no faults means all is well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    pub files: usize,
    pub judgements: usize,
    pub polls: usize,
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
    let misplaced = audit::count_misplaced(&mut tx).await?;
    if misplaced > 0 {
        faults.push(format!(
            "审计记录有 {misplaced} 条不在所属单位名下，查这个单位的人看不到。"
        ));
    }
    let judgements = recompute_judgements(app, &mut tx, &mut faults).await?;
    for path in progress::wrong(&mut tx).await? {
        faults.push(format!(
            "目标进度留存的数字与称号、工会的实际数目不符：路径 {path} 之下。"
        ));
    }
    let polls = checking::recount_all(app, &mut tx, &mut faults).await?;
    Ok(Verification {
        files: hashes.len(),
        judgements,
        polls,
        chain,
        faults,
    })
}

/// Whether the trail still holds a head that was noted earlier: then nothing that stood before it was taken out.
pub async fn holds(app: &App, head: &str) -> Result<bool> {
    let mut tx = app.db.read().await?;
    Ok(audit::has_seal(&mut tx, head).await?)
}

/// Recomputes every kept judgement by the standard it was made with.
async fn recompute_judgements(app: &App, tx: &mut Tx, faults: &mut Vec<String>) -> Result<usize> {
    let mut standards: BTreeMap<String, Option<Arc<Standard>>> = BTreeMap::new();
    standards.insert(app.standard.version.clone(), Some(app.standard.clone()));
    let (mut count, mut last) = (0, None);
    loop {
        let batch = judgement::after(tx, last.as_ref(), 500).await?;
        let Some(end) = batch.last() else {
            return Ok(count);
        };
        last = Some(end.id);
        for kept in &batch {
            count += 1;
            if !standards.contains_key(&kept.standard_hash) {
                let earlier = standards::of_version(tx, &kept.standard_hash).await?;
                standards.insert(kept.standard_hash.clone(), earlier.map(Arc::new));
            }
            let standard = standards.get(&kept.standard_hash).cloned().flatten();
            match standard.and_then(|standard| assessment::recompute(&standard, kept)) {
                Some(true) => {}
                Some(false) => faults.push(format!(
                    "判定 {} 按其事实和标准重新计算，结果与留存的不同。",
                    kept.id
                )),
                None => faults.push(format!(
                    "判定 {} 所用的标准版本 {} 没有留存，无法重算。",
                    kept.id, kept.standard_hash
                )),
            }
        }
    }
}
