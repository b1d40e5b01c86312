//! The certificates in an archive: the token of each, with what verifies it without a network (the public keys, and the status list as it was when the archive
//! was made), and the certificates themselves as PDF, fifty to a file.

use std::{io::Write, sync::atomic::Ordering};

use anyhow::Context;
use jianjia_domain::{
    core::{ids::HonourId, job::JobStage},
    honour::{
        certificate::{CertificateRefusal, is_certified},
        honour::Honour,
    },
};
use jianjia_store::honour::{certificate as entries, honour as honours};
use serde_json::json;

use super::{Archived, Papers, Steps, bundle::Bundle, papers::Subjects, pretty};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    honour::certificate::{
        key, list,
        paper::{self as certificates, AT_ONCE, OF_A_FILE},
    },
};

pub(super) const KEYS: &str = "certificates/jwks.json";
pub(super) const STATUS_LIST: &str = "certificates/status-list.jwt";
pub(super) const TOKENS: &str = "certificates/tokens.jsonl";
/// The folder of the PDFs.
pub(super) const FOLDER: &str = "papers/certificate/";
const SCHEMA: &str = "schema/certificate-token.schema.json";

/// Titles whose certificates are set together.
enum Group<'a> {
    /// Named in one act.
    Batch(&'a str),
    /// Decided one by one.
    Single(&'a [Honour]),
}

impl Group<'_> {
    /// What its files are called.
    fn name(&self) -> &str {
        match self {
            Group::Batch(batch) => batch,
            Group::Single(_) => "single",
        }
    }
}

/// Writes what there is of the titles that were named. Where nothing can be signed, `archived` says why; the records are whole without.
pub(super) async fn write(
    app: &App,
    bundle: &mut Bundle,
    subjects: &Subjects,
    papers: Papers,
    (archived, steps): (&mut Archived, &Steps<'_>),
) -> Result<()> {
    let batches = subjects.batches().iter();
    let mut groups: Vec<Group<'_>> = batches.map(|batch| Group::Batch(batch)).collect();
    groups.push(Group::Single(subjects.singles()));
    match tokens(app, bundle, &groups, archived).await {
        Ok(()) => {}
        Err(error) => return left_out(error, archived),
    }
    if papers == Papers::LeftOut || archived.certificates == 0 {
        return Ok(());
    }
    let total = i64::try_from(archived.certificates).context("the number of certificates")?;
    steps.begin(JobStage::Setting, total);
    match pdfs(app, bundle, &groups, steps).await {
        Ok(()) => Ok(()),
        Err(error) => left_out(error, archived),
    }
}

/// A refusal of the certificates' own is told, and the archive made without them; other errors are.
fn left_out(error: Error, archived: &mut Archived) -> Result<()> {
    match error {
        Error::Refused(refusal) => match refusal.of::<CertificateRefusal>() {
            Some(because) => {
                archived.without_certificates = Some(because.clone());
                Ok(())
            }
            None => Err(refusal.into()),
        },
        error => Err(error),
    }
}

/// The titles of a group that have a certificate, whatever became of them, which the status list says.
async fn certified(app: &App, group: &Group<'_>) -> Result<Vec<Honour>> {
    let mut tx = app.db.read().await?;
    let mut found = match group {
        Group::Batch(batch) => honours::of_batch(&mut tx, batch).await?,
        Group::Single(titles) => titles.to_vec(),
    };
    found.retain(is_certified);
    let ids: Vec<HonourId> = found.iter().map(|honour| honour.id).collect();
    let indexes = entries::indexes(&mut tx, &ids).await?;
    tx.commit().await?;
    // Of one without an entry no token can be made: refused in the middle, the file of the tokens would stay without what verifies it.
    found.retain(|honour| indexes.contains_key(&honour.id));
    Ok(found)
}

async fn tokens(
    app: &App,
    bundle: &mut Bundle,
    groups: &[Group<'_>],
    archived: &mut Archived,
) -> Result<()> {
    let mut is_begun = false;
    for group in groups {
        let found = certified(app, group).await?;
        for (portion, some) in (0..).zip(found.chunks(AT_ONCE)) {
            let mut tx = app.db.read().await?;
            // Before the file is begun, since there may be no key.
            let made = certificates::tokens(&mut tx, app, some).await?;
            tx.commit().await?;
            if !is_begun {
                bundle.begin(TOKENS)?;
                is_begun = true;
            }
            for (place, (honour, (claims, token))) in (0..).zip(some.iter().zip(&made)) {
                let place = portion * AT_ONCE + place;
                let line = json!({
                    "honour_id": honour.id.to_string(),
                    "number": claims.number,
                    "token": token,
                    "paper": paper_name(group, place / OF_A_FILE, found.len()),
                    "place": place % OF_A_FILE + 1,
                });
                writeln!(bundle, "{line}").context("a certificate's token")?;
                archived.certificates += 1;
            }
        }
    }
    if !is_begun {
        return Ok(());
    }
    bundle.whole(KEYS, key::jwks(app).await?.as_bytes())?;
    bundle.whole(STATUS_LIST, list::list(app).await?.as_bytes())?;
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "证书的令牌",
        "description": "The token (compact JWS, EdDSA) that stands in the code of a title's certificate",
        "type": "object",
        "properties": {
            "honour_id": { "type": "string" },
            "number": { "type": "string", "description": "the title's number, which the token says too" },
            "token": { "type": "string" },
            "paper": { "type": "string", "description": "the PDF in which the certificate is, where the archive was made with papers" },
            "place": { "type": "integer", "description": "which of the PDF's certificates it is, from 1" },
        },
        "required": ["honour_id", "number", "token", "paper", "place"],
        "additionalProperties": false,
    });
    bundle.whole(SCHEMA, &pretty(&schema))?;
    Ok(())
}

/// The PDF that holds a group's certificates of a portion.
fn paper_name(group: &Group<'_>, portion: usize, all: usize) -> String {
    let first = portion * OF_A_FILE + 1;
    let last = all.min(first + OF_A_FILE - 1);
    format!("{FOLDER}{}-{first:04}-{last:04}.pdf", group.name())
}

/// A hundred at a time, so that memory stays flat.
async fn pdfs(
    app: &App,
    bundle: &mut Bundle,
    groups: &[Group<'_>],
    steps: &Steps<'_>,
) -> Result<()> {
    for group in groups {
        let found = certified(app, group).await?;
        let mut portion = 0;
        for some in found.chunks(AT_ONCE) {
            let mut tx = app.db.read().await?;
            let data = certificates::data(&mut tx, app, some).await?;
            tx.commit().await?;
            for part in certificates::set(app, data).await? {
                bundle.whole(&paper_name(group, portion, found.len()), &part.pdf)?;
                portion += 1;
                let set = i64::try_from(part.papers).unwrap_or(i64::MAX);
                steps.done.fetch_add(set, Ordering::Relaxed);
            }
        }
    }
    Ok(())
}
