//! The certificates in an archive: the token of each, with what verifies it without a network (the public keys, and the status list as it was when the archive
//! was made), and the certificates themselves as PDF, fifty to a file.

use std::{io::Write, sync::atomic::Ordering};

use anyhow::Context;
use jianjia_domain::{
    core::job::JobStage,
    honour::{
        certificate::{CertificateRefusal, is_certified},
        honour::Honour,
    },
};
use jianjia_standard::{Lang, Text};
use jianjia_store::honour::honour as honours;
use serde_json::json;

use super::{Archived, Papers, Steps, bundle::Bundle, pretty};
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
const SCHEMA: &str = "schema/certificate-token.schema.json";

/// Writes what there is of the titles that were named in these acts. Where nothing can be signed, `archived` says why; the records are whole without.
pub(super) async fn write(
    app: &App,
    bundle: &mut Bundle,
    batches: &[String],
    papers: Papers,
    (archived, steps): (&mut Archived, &Steps<'_>),
) -> Result<()> {
    match tokens(app, bundle, batches, archived).await {
        Ok(()) => {}
        Err(error) => return left_out(error, archived),
    }
    if papers == Papers::LeftOut || archived.certificates == 0 {
        return Ok(());
    }
    let total = i64::try_from(archived.certificates).context("the number of certificates")?;
    steps.begin(JobStage::Setting, total);
    match pdfs(app, bundle, batches, steps).await {
        Ok(()) => Ok(()),
        Err(error) => left_out(error, archived),
    }
}

/// A refusal of the certificates' own is told, and the archive made without them; other errors are.
fn left_out(error: Error, archived: &mut Archived) -> Result<()> {
    match error {
        Error::Refused(refusal) if refusal.of::<CertificateRefusal>().is_some() => {
            archived.without_certificates = Some(Text {
                zh: refusal.sentence(Lang::Zh),
                en: refusal.sentence(Lang::En),
            });
            Ok(())
        }
        error => Err(error),
    }
}

/// The titles of a batch that have a certificate, whatever became of them, which the status list says.
async fn certified(app: &App, batch: &str) -> Result<Vec<Honour>> {
    let mut tx = app.db.read().await?;
    let mut found = honours::of_batch(&mut tx, batch).await?;
    tx.commit().await?;
    found.retain(is_certified);
    Ok(found)
}

async fn tokens(
    app: &App,
    bundle: &mut Bundle,
    batches: &[String],
    archived: &mut Archived,
) -> Result<()> {
    let mut is_begun = false;
    for batch in batches {
        let found = certified(app, batch).await?;
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
                    "paper": paper_name(batch, place / OF_A_FILE, found.len()),
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

/// The PDF that holds a batch's certificates of a portion.
fn paper_name(batch: &str, portion: usize, all: usize) -> String {
    let first = portion * OF_A_FILE + 1;
    let last = all.min(first + OF_A_FILE - 1);
    format!("papers/certificate/{batch}-{first:04}-{last:04}.pdf")
}

/// A hundred at a time, so that memory stays flat.
async fn pdfs(app: &App, bundle: &mut Bundle, batches: &[String], steps: &Steps<'_>) -> Result<()> {
    for batch in batches {
        let found = certified(app, batch).await?;
        let mut portion = 0;
        for some in found.chunks(AT_ONCE) {
            let mut tx = app.db.read().await?;
            let data = certificates::data(&mut tx, app, some).await?;
            tx.commit().await?;
            for part in certificates::set(app, data).await? {
                bundle.whole(&paper_name(batch, portion, found.len()), &part.pdf)?;
                portion += 1;
                let set = i64::try_from(part.papers).unwrap_or(i64::MAX);
                steps.done.fetch_add(set, Ordering::Relaxed);
            }
        }
    }
    Ok(())
}
