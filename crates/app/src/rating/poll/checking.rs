//! Recounting every poll: the accounts balance, the closing record follows from the opened ballots and the paper, and stands in the trail as
//! it stands here.

use anyhow::Context;
use jianjia_domain::core::audit::{deed::Deed, object::Object};
use jianjia_domain::rating::poll::{
    self, Poll,
    counting::{self, ClosingRecord},
    paper::{self, PaperCount},
    stage::Stage,
};
use jianjia_standard::programme::BallotRules;
use jianjia_store::{
    core::{audit, db::Tx, file::content_hash},
    rating::{ballot, count as rating, paper as papers, poll as polls, slip as slips},
};

use crate::{
    core::{app::App, error::Result},
    rating::{
        poll::{standard_of, standing},
        slip::used_slips_hash,
    },
};

/// Checks all polls; gives their number and adds a sentence for each fault.
pub(crate) async fn recount_all(app: &App, tx: &mut Tx, faults: &mut Vec<String>) -> Result<usize> {
    let sealed = ballot::count_all_sealed(tx).await?;
    let (mut count, mut last) = (0, None);
    loop {
        let batch = polls::after(tx, last.as_ref(), 500).await?;
        let Some(end) = batch.last() else {
            return Ok(count);
        };
        last = Some(end.id);
        for walked in &batch {
            count += 1;
            let sealed = sealed.get(&walked.id).copied().unwrap_or(0);
            let found = match &walked.poll {
                Ok(poll) => faults_of(app, tx, poll, sealed)
                    .await
                    .map_err(|error| error.to_string()),
                Err(error) => Err(format!("{error:#}")),
            };
            // What can't even be read was changed by hand.
            for fault in found.unwrap_or_else(|error| vec![format!("读不出来：{error}")]) {
                faults.push(format!(
                    "{}（{} 年测评 {}）：{fault}",
                    walked.unit_name, walked.year, walked.id
                ));
            }
        }
    }
}

async fn faults_of(app: &App, tx: &mut Tx, poll: &Poll, sealed: i64) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    let counts = slips::counted(tx, &poll.id).await?;
    let printed: i64 = slips::batches(tx, &poll.id)
        .await?
        .iter()
        .map(|batch| batch.slips)
        .sum();
    let hashes = slips::count_hashes(tx, &poll.id).await?;
    if [hashes, counts.issued()] != [printed; 2] {
        faults.push(format!(
            "测评票制作记录共 {printed} 张，库里的测评票有 {hashes} 张，票的状态有 {} 个，对不上。",
            counts.issued()
        ));
    }
    match &poll.stage {
        Stage::Open(_) | Stage::Closed(_) if sealed != counts.used() => {
            faults.push(format!(
                "票箱里有 {sealed} 张选票，已用的测评票有 {} 张，对不上。",
                counts.used()
            ));
        }
        Stage::Counted(_) | Stage::Signed(_) | Stage::Annulled(_) => {
            if let Some(record) = poll.record() {
                faults.extend(recounted(app, tx, poll, record).await?);
            }
        }
        _ => {}
    }
    Ok(faults)
}

/// Works the closing record out again from what is kept.
async fn recounted(
    app: &App,
    tx: &mut Tx,
    poll: &Poll,
    record: &ClosingRecord,
) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    let counts = slips::counted(tx, &poll.id).await?;
    let entries = papers::of_poll(tx, &poll.id).await?;
    let paper = paper::agreed(&entries).unwrap_or_else(|_| {
        faults.push("两份纸质票录入不一致，却已计票。".to_owned());
        PaperCount::default()
    });
    if let Some(opened) = poll.stage.opened() {
        let version = &opened.standard;
        let kept = app.standards.of_version(tx, version).await?;
        let fault = match kept {
            None => "没有留存",
            Some(standard) if standard.version != *version => "有留存，但文本与它的校验值不符",
            Some(_) => "",
        };
        if !fault.is_empty() {
            faults.push(format!(
                "开票所用的标准版本 {version} {fault}，无法重新计票。"
            ));
            return Ok(faults);
        }
    }
    let standard = standard_of(tx, app, poll).await?;
    let Ok(rules) = poll::rules(&standard) else {
        faults.push("开票所用的标准没有测评规则。".to_owned());
        return Ok(faults);
    };
    let mut again = ClosingRecord {
        slips_hash: used_slips_hash(tx, &poll.id).await?,
        tallies: record.tallies.clone(),
        ballots_hash: record.ballots_hash.clone(),
        suggestions: record.suggestions,
        suggestions_hash: record.suggestions_hash.clone(),
        signals: record.signals.clone(),
        ..ClosingRecord::account(poll.plan.roll, &counts, &paper)
    };
    if !record.is_withheld() {
        let opened = ballot::opened(tx, &poll.id).await?;
        let objects = poll::objects(rules, &poll.plan.leaders);
        let marks: Vec<String> = objects
            .iter()
            .map(|object| opened.get(&object.key).cloned().unwrap_or_default())
            .collect();
        if marks
            .iter()
            .any(|marks| marks.len() as i64 != counts.used())
        {
            faults.push("开箱的选票张数与已用的测评票张数不一致。".to_owned());
        }
        again.tallies = counting::tallies(&standard, rules, &objects, &marks, &paper);
        again.ballots_hash = content_hash(&counting::recount_bytes(&again.tallies));
        let suggestions = ballot::suggestions(tx, &poll.id).await?;
        again.suggestions =
            i64::try_from(suggestions.len()).context("the number of suggestions")?;
        if !record.suggestions_hash.is_empty() {
            again.suggestions_hash = content_hash(&counting::suggestion_bytes(&suggestions));
        }
    }
    if again != *record {
        faults.push("按留存的选票和纸质票重新计算，结果与计票记录不同。".to_owned());
    }
    faults.extend(told_otherwise(tx, poll, rules, record).await?);
    Ok(faults)
}

/// Where the trail, or the year's rating, does not say what the closing record says.
async fn told_otherwise(
    tx: &mut Tx,
    poll: &Poll,
    rules: &BallotRules,
    record: &ClosingRecord,
) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    let trailed = audit::of(tx, &Object::Poll(poll.id)).await?;
    let told = trailed
        .iter()
        .find(|line| line.act == Deed::CountPoll.into())
        .and_then(|line| line.detail.get("record").cloned());
    if told != Some(serde_json::to_value(record).context("the closing record")?) {
        faults.push("计票记录与审计链里的不同，或审计链里没有。".to_owned());
    }
    if let Stage::Signed(_) = poll.stage {
        let counted = counting::rating(rules, record);
        // A withheld result leaves the year to another poll.
        let found = polls::of_unit(tx, &poll.unit, poll.year).await?;
        let stands = standing(&found).is_none_or(|standing| standing.id == poll.id);
        let kept = rating::of_year(tx, &poll.unit, poll.year)
            .await?
            .filter(|rating| counted.is_some() || rating.note == poll.id.to_string());
        // A later signed poll took the place of an earlier one.
        if stands && kept.map(|rating| rating.counts) != counted {
            faults.push("年度满意度与签字的测评结果不同。".to_owned());
        }
    }
    Ok(faults)
}
