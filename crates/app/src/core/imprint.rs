//! What an official paper prints of its imprint. The acts that say it, of all kinds, stand in `crate::imprint`.

use jianjia_domain::core::{
    ids::UnitId,
    imprint::{self, ImprintRefusal, NumberPlace, NumberUse, Official, Said},
    refusal::Refusal,
};
use jianjia_store::{core::db::Tx, core::imprint as imprints};

use crate::core::error::Result;

/// What the office said of a paper; empty where it said nothing, which is left to be written by hand.
///
/// # Errors
/// When it can't be read.
pub(crate) async fn said(tx: &mut Tx, kind: Official, subject: &str) -> Result<Said> {
    let found = imprints::find(tx, kind, subject).await?;
    Ok(found.map(|imprint| imprint.said).unwrap_or_default())
}

/// The number of the decision on a batch: as the office said it, or as it stands with the naming. Whatever shows the number of a batch asks here.
///
/// # Errors
/// When it can't be read.
pub(crate) async fn decision_number(tx: &mut Tx, batch: &str, as_named: String) -> Result<String> {
    let said = said(tx, Official::Decision, batch).await?;
    Ok(said.number.unwrap_or(as_named))
}

/// The papers of an office that have a number, but for the one that is asked for.
///
/// # Errors
/// When they can't be read.
pub(crate) async fn uses_on_papers(
    tx: &mut Tx,
    office: &UnitId,
    number: &str,
    (kind, subject): (Official, &str),
) -> Result<Vec<NumberUse>> {
    let mut found = imprints::of_number(tx, office, number).await?;
    found.retain(|other| other.kind != kind || other.subject != subject);
    let uses = found.iter().map(|other| NumberUse {
        place: NumberPlace::Paper(other.kind),
        year: other.year,
    });
    Ok(uses.collect())
}

/// Refuses a number by which titles of a year are to be named, where the office has put it on a paper that is no decision on them.
///
/// # Errors
/// `document_number`: `NumberUsed`.
pub(crate) async fn refuse_on_paper(
    tx: &mut Tx,
    office: &UnitId,
    typed: &str,
    year: i16,
) -> Result<()> {
    let Ok(Some(number)) = imprint::number(typed) else {
        return Ok(());
    };
    // The batch has no name yet, so no paper is its own.
    let decision = (Official::Decision, "");
    let uses = uses_on_papers(tx, office, &number, decision).await?;
    let mut uses = uses.into_iter();
    match uses.find(|by| !by.is_shared_with(Official::Decision, year)) {
        Some(by) => {
            let refusal = ImprintRefusal::NumberUsed { number, by };
            Err(Refusal::at("document_number", refusal).into())
        }
        None => Ok(()),
    }
}
