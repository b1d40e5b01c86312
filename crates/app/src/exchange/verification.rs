//! `jianjia verify`, and the same as a job that an auditor asks for: whether the database is intact, the files are unchanged, the trail is unbroken, the kept judgements still follow from their
//! facts, and the ratings from their ballots.

use std::{
    pin::Pin,
    sync::atomic::{AtomicI64, Ordering},
};

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::JobId,
        job::JobKind,
        policy::{Actor, act},
    },
    year::assessment,
};
use jianjia_standard::Lang;
use jianjia_store::{
    core::{
        audit,
        cover::check::{self, Difference, DifferenceKind},
        db::Tx,
        file::Kept,
        scope::Scope,
    },
    exchange::backup,
    honour::target as progress,
    rating::ballot::digest,
    register::unit,
    year::{judgement, shortfall},
};
use serde_json::{Value, json};

use crate::{
    amending::edition as editions,
    core::{
        app::App,
        error::{Error, Result},
        head as heads,
        job::{
            self as jobs, NewJob,
            running::{Outcome, Running},
        },
        seal::{self as seals, Break, ChainReport},
    },
    money::checking as money,
    money::subsidy::checking as subsidies,
    rating::poll::checking,
};

/// What was checked and what is wrong; no faults means that all is well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Rows compared with the records of the trail.
    pub rows: usize,
    pub files: usize,
    pub judgements: usize,
    pub polls: usize,
    pub chain: ChainReport,
    /// Each a sentence.
    pub faults: Vec<String>,
}

/// Has everything checked in the background; asked for again before it is done, it is the same job.
///
/// # Errors
/// As `App::permit`, for reading the trail of the city.
pub async fn begin(app: &App, actor: &Actor) -> Result<JobId> {
    let mut tx = app.db.write(Scope::Jobs).await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let permit = app.permit_at(&mut tx, actor, act::ReadAudit, &city).await?;
    let new = NewJob {
        kind: JobKind::Verify,
        key: "verify".to_owned(),
        name: String::new(),
        payload: Value::Null,
        by: actor,
        unit: &permit.unit,
    };
    let id = jobs::enqueue(app, &mut tx, new).await?;
    tx.commit().await?;
    Ok(id)
}

pub fn work<'a>(
    app: &'a App,
    running: &'a Running,
) -> Pin<Box<dyn Future<Output = Result<Outcome>> + Send + 'a>> {
    Box::pin(async {
        running.expect(PARTS);
        let found = verify_counting(app, &running.counter()).await?;
        let first = found.faults.iter().take(FIRST);
        Ok(Outcome::Told(json!({
            "rows": found.rows,
            "files": found.files,
            "judgements": found.judgements,
            "polls": found.polls,
            "lines": found.chain.lines,
            "faults": found.faults.len(),
            "first": first.collect::<Vec<&String>>(),
        })))
    })
}

/// Faults that the page of the job tells; `jianjia verify` tells all.
const FIRST: usize = 20;

/// Parts of the check, for telling how far it is.
const PARTS: i64 = 6;

/// Checks everything and changes nothing.
///
/// # Errors
/// When it can't be read at all.
pub async fn verify(app: &App) -> Result<Verification> {
    verify_counting(app, &AtomicI64::new(0)).await
}

async fn verify_counting(app: &App, parts: &AtomicI64) -> Result<Verification> {
    let part_done = || {
        parts.fetch_add(1, Ordering::Relaxed);
    };
    let mut faults: Vec<String> = app
        .db
        .damage()
        .await?
        .into_iter()
        .map(|line| format!("数据库文件损坏：{line}"))
        .collect();
    part_done();
    let mut tx = app.db.read().await?;
    let hashes = backup::file_hashes(&mut tx).await?;
    for hash in &hashes {
        match app.files.get(hash).await? {
            None => faults.push(format!("材料文件缺失：{hash}")),
            Some(Kept::Damaged) => faults.push(format!("材料文件被改动：{hash}")),
            Some(Kept::Whole(_)) => {}
        }
    }
    part_done();
    let mut chain = seals::check(app, &mut tx).await?;
    part_done();
    let compared = check::compare(&mut tx).await?;
    let damaged = compared.damaged_records.iter();
    chain
        .breaks
        .extend(damaged.map(|id| Break::Record { id: id.clone() }));
    faults.extend(chain.breaks.iter().map(Break::sentence));
    faults.extend(missing_heads(app, &mut tx).await?);
    faults.extend(compared.differences.iter().map(sentence));
    for (table, key) in check::misplaced(&mut tx).await? {
        faults.push(format!(
            "{table} 表的行 {key} 不在所属单位名下（路径与单位不符），查这个单位的人看不到。"
        ));
    }
    for (table, key) in digest::changed(&mut tx).await? {
        faults.push(format!(
            "{table} 表的行 {key} 被改动，或者不是投票写下的：内容与它的校验值不符。"
        ));
    }
    part_done();
    let judgements = recompute_judgements(app, &mut tx, &mut faults).await;
    let judgements = told("留存的判定", judgements, &mut faults);
    part_done();
    let wrong = progress::wrong(&mut tx).await.map_err(Error::from);
    for path in told("目标进度的数字", wrong, &mut faults) {
        faults.push(format!(
            "目标进度留存的数字与称号、工会的实际数目不符：路径 {path} 之下。"
        ));
    }
    let subsidies = subsidies::recompute_all(app, &mut tx, &mut faults).await;
    told("补贴", subsidies, &mut faults);
    let wrong = shortfall::wrong(&mut tx).await.map_err(Error::from);
    for (path, year) in told("欠缺条目的计数", wrong, &mut faults) {
        faults.push(format!(
            "欠缺条目留存的计数与各工会的实际情况不符：路径 {path} 之下，{year} 年度。"
        ));
    }
    let wrong = editions::faults(&mut tx).await;
    let wrong = told("标准版本", wrong, &mut faults);
    faults.extend(wrong);
    let polls = checking::recount_all(app, &mut tx, &mut faults).await;
    let polls = told("各次测评", polls, &mut faults);
    let checked = money::check(&mut tx, &mut faults).await;
    told("经费账", checked, &mut faults);
    part_done();
    Ok(Verification {
        rows: compared.rows,
        files: hashes.len(),
        judgements,
        polls,
        chain,
        faults,
    })
}

/// The result of one part of the check. A part that can't be read at all is a fault like any other, and the other parts go on.
fn told<T: Default>(part: &str, checked: Result<T>, faults: &mut Vec<String>) -> T {
    checked.unwrap_or_else(|error| {
        faults.push(format!("{part}有读不出来的内容，没有查完：{error}"));
        T::default()
    })
}

/// The sentence about a row that differs from what its last act wrote.
fn sentence(difference: &Difference) -> String {
    let Difference { table, key, .. } = difference;
    let by = match &difference.written_by {
        Some(by) => format!(
            "最后写入它的是 {} 的“{}”（审计行 {}）",
            by.at, by.act, by.audit_id
        ),
        None => "没有一条审计记录写过它".to_owned(),
    };
    match difference.kind {
        DifferenceKind::Changed => format!("{table} 表的行 {key} 被改动：{by}，此后内容不同了。"),
        DifferenceKind::Added => format!("{table} 表的行 {key} 是库外添加的：{by}。"),
        DifferenceKind::Missing => {
            format!("{table} 表的行 {key} 不见了：{by}，没有审计记录删除过它。")
        }
    }
}

/// Compares the chain with the heads kept outside the database: one sentence for each head it lacks.
async fn missing_heads(app: &App, tx: &mut Tx) -> Result<Vec<String>> {
    let Some(heads) = &app.heads else {
        return Ok(Vec::new());
    };
    let mut faults = Vec::new();
    for (file, kept) in heads.kept()? {
        match kept {
            heads::Kept::Forged => {
                faults.push(format!("库外的链头 {file} 不是本实例签发的，或者被改动。"))
            }
            heads::Kept::Head(head) => {
                if audit::hash_of_seal(tx, head.number).await? != Some(head.hash) {
                    faults.push(format!(
                        "库外的链头 {file}（第 {} 号封存，{}）不在审计链里：链被重写，或者数据库退回到了更早的状态。此后办的事都可能不见了，会员投的票也可能少了，请用各次测评的领票、回收数核对。",
                        head.number, head.sealed_at
                    ));
                }
            }
        }
    }
    Ok(faults)
}

/// Whether the trail still contains a head that was noted earlier: if so, nothing before it was removed.
pub async fn holds(app: &App, head: &str) -> Result<bool> {
    let mut tx = app.db.read().await?;
    Ok(audit::has_seal(&mut tx, head).await?)
}

/// Recomputes every kept judgement by the standard it was made with.
async fn recompute_judgements(app: &App, tx: &mut Tx, faults: &mut Vec<String>) -> Result<usize> {
    let (mut count, mut last) = (0, None);
    loop {
        let batch = judgement::after(tx, last.as_ref(), 500).await?;
        let Some(end) = batch.last() else {
            return Ok(count);
        };
        last = Some(end.id);
        for kept in &batch {
            count += 1;
            let standard = app.standards.of_version(tx, &kept.standard_hash).await?;
            let again = assessment::recompute(standard.as_deref(), kept);
            faults.extend(again.fault(kept, Lang::Zh));
        }
    }
}

/// Makes the trail cover rows from before it did, and rows that a migration changed: one line states their number.
pub async fn adopt_records(app: &App) -> Result<()> {
    let mut tx = app.db.write_alone().await?;
    digest::adopt(&mut tx).await?;
    let rows = check::adopt(&mut tx).await?;
    if rows > 0 {
        app.trail_by(
            &mut tx,
            ("", ""),
            Deed::AdoptRecords,
            Object::Trail,
            None,
            json!({ "rows": rows }),
        )
        .await?;
    }
    tx.commit().await?;
    Ok(())
}
