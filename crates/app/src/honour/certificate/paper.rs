//! What is printed on certificates: the data of the paper, with the address of the code that proves it.

use std::{
    collections::HashMap,
    fs::File,
    io::{Seek, Write},
    sync::atomic::Ordering,
};

use anyhow::Context;
use jianjia_documents::paper::{self as documents, Part, Pictures, fault::Fault};
use jianjia_domain::{
    core::{
        ids::{HonourId, UnitId},
        policy::Actor,
    },
    honour::{
        certificate::{CertificateRefusal, is_certified},
        honour::Honour,
    },
};
use jianjia_standard::Lang;
use jianjia_store::{
    core::{db::Tx, place},
    honour::{certificate as certificates, honour as honours},
    register::unit::version,
};
use jiff::civil::Date;
use serde::Serialize;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{PAGE, key, token::Claims};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        export::Made,
        job::running::Running,
        paper::{self as papers, Sheet},
    },
    honour::honour::{named_together, sees},
};

/// Where the demo is served, if nothing else was said.
const DEMO: &str = "http://localhost:8016";

/// The data of the template `certificate`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Data {
    /// The unit, or the person with the union.
    pub holder: String,
    pub year: i16,
    /// What the title was given in, without the years behind its name.
    pub programme: String,
    pub title: String,
    pub office: String,
    pub named_on: Date,
    pub number: String,
    /// The address of the public page.
    pub link: String,
}

/// The data of one title's certificate.
///
/// # Errors
/// Not found when it isn't there or the actor doesn't see the inside of its holder; `NotCertified`, `NoKey`, `KeyOfAnotherInstance`, `NoAddress`.
pub async fn of_honour(app: &App, actor: &Actor, id: &HonourId) -> Result<Data> {
    let mut tx = app.db.read().await?;
    let honour = honours::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if !sees(Some(actor), &honour.unit_path, honour.person.as_ref()) {
        return Err(Error::NotFound);
    }
    let made = data(&mut tx, app, std::slice::from_ref(&honour)).await?;
    let data = made.into_iter().next();
    Ok(data.context("one title has one certificate")?)
}

/// One title's certificate.
///
/// # Errors
/// As `of_honour`.
pub async fn sheet(app: &App, actor: &Actor, id: &HonourId) -> Result<Sheet> {
    let data = of_honour(app, actor, id).await?;
    Sheet::of("certificate", data.holder.clone(), &data)
}

/// The titles of a batch whose certificates can be made: those in force.
pub fn certifiable(honours: &[Honour]) -> impl Iterator<Item = &Honour> {
    honours
        .iter()
        .filter(|honour| is_certified(honour) && honour.is_in_force())
}

/// Certificates that are composed and set at a time: together in memory.
pub(crate) const AT_ONCE: usize = 100;

/// Certificates of a file: two files are set at a time.
pub(crate) const OF_A_FILE: usize = 50;

/// The certificates of a batch as a ZIP of PDFs of fifty each, in the order of their numbers; a hundred at a time, so that memory stays flat.
///
/// # Errors
/// As `named_together`, `data` and `papers::one_long`; `NoneInForce`.
pub async fn of_batch(app: &App, actor: &Actor, batch: &str, running: &Running) -> Result<Made> {
    let named = named_together(app, actor, batch).await?;
    let honours: Vec<Honour> = certifiable(&named.honours).cloned().collect();
    let first = honours.first().ok_or(CertificateRefusal::NoneInForce)?;
    let title = app.standards.title(first.year, &first.title);
    let title = title.map_or(first.title.as_str(), |title| title.name.get(Lang::Zh));
    let name = format!("{}年度{title}证书.zip", first.year);
    let total = i64::try_from(honours.len()).context("the number of certificates")?;
    running.expect(total);
    let done = running.counter();
    let file = tempfile::tempfile().context("no temporary file can be made for certificates")?;
    let mut zip = ZipWriter::new(file);
    // The same bytes for the same files.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default());
    let mut begins_at = 1;
    for some in honours.chunks(AT_ONCE) {
        let mut tx = app.db.read().await?;
        let data = data(&mut tx, app, some).await?;
        tx.commit().await?;
        for part in set(app, data).await? {
            let ends_at = begins_at + part.papers - 1;
            let add = |zip: &mut ZipWriter<File>| -> anyhow::Result<()> {
                zip.start_file(format!("证书 {begins_at:04}-{ends_at:04}.pdf"), options)?;
                zip.write_all(&part.pdf)?;
                Ok(())
            };
            add(&mut zip)?;
            begins_at = ends_at + 1;
        }
        done.fetch_add(
            i64::try_from(some.len()).unwrap_or(i64::MAX),
            Ordering::Relaxed,
        );
    }
    let mut file = zip.finish().context("certificates are zipped")?;
    file.rewind().context("certificates are zipped")?;
    Ok(Made {
        name,
        media_type: "application/zip",
        rows: total,
        file,
        record: None,
    })
}

/// Certificates as PDFs of fifty each, in their order. All of them are in memory: hand in by the hundred.
///
/// # Errors
/// As `papers::with_press_for_long`.
pub(crate) async fn set(app: &App, data: Vec<Data>) -> Result<Vec<Part>> {
    papers::with_press_for_long(app, move |press| {
        let mut parts = Vec::new();
        let pictures = Pictures::default();
        documents::pdf_in_parts(press, "certificate", data, &pictures, OF_A_FILE, |part| {
            parts.push(part);
            Ok::<(), Fault>(())
        })?;
        Ok(parts)
    })
    .await
}

/// The data of the certificates of these titles, in their order.
///
/// # Errors
/// `NotCertified` when one was not named here; `NoKey`, `KeyOfAnotherInstance`; `NoAddress` when the settings name none, which the codes need.
pub async fn data(tx: &mut Tx, app: &App, honours: &[Honour]) -> Result<Vec<Data>> {
    let tokens = tokens(tx, app, honours).await?;
    let address = match app.post.address.as_str() {
        "" if app.is_demo => DEMO,
        "" => return Err(CertificateRefusal::NoAddress.into()),
        address => address,
    };
    let data = honours.iter().zip(tokens).map(|(honour, (claims, token))| {
        let programme = &app.standards.of(honour.year).programme;
        // Its years, which stand behind it in brackets, are not the title's.
        let programme = programme.name.get(Lang::Zh).split('（').next();
        Data {
            holder: honour.holder_in_words(),
            year: honour.year,
            programme: programme.unwrap_or_default().to_owned(),
            title: claims.title_name,
            office: claims.office,
            named_on: claims.named_on,
            number: claims.number,
            link: format!("{address}{PAGE}{token}"),
        }
    });
    Ok(data.collect())
}

/// The path of the public page of a title's certificate; none where it has none, or nothing can be signed.
pub(crate) async fn page(tx: &mut Tx, app: &App, honour: &Honour) -> Result<Option<String>> {
    if !is_certified(honour) {
        return Ok(None);
    }
    match tokens(tx, app, std::slice::from_ref(honour)).await {
        Ok(tokens) => Ok(tokens.first().map(|(_, token)| format!("{PAGE}{token}"))),
        Err(Error::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What the certificates of titles say, and their tokens, in the order of the titles.
///
/// # Errors
/// `NotCertified` when one was not named here; `NoKey`, `KeyOfAnotherInstance`.
pub(crate) async fn tokens(
    tx: &mut Tx,
    app: &App,
    honours: &[Honour],
) -> Result<Vec<(Claims, String)>> {
    let signer = key::signer(tx, app).await?;
    let signer = signer.ok_or(CertificateRefusal::NoKey)?;
    let ids: Vec<HonourId> = honours.iter().map(|honour| honour.id).collect();
    let indexes = certificates::indexes(tx, &ids).await?;
    let mut offices = HashMap::new();
    let mut tokens = Vec::with_capacity(honours.len());
    for honour in honours {
        let (Some(index), Some(by)) = (indexes.get(&honour.id), honour.named_by) else {
            return Err(CertificateRefusal::NotCertified.into());
        };
        let office = match offices.get(&(by, honour.begun_on)) {
            Some(office) => String::clone(office),
            None => {
                let office = called_on(tx, &by, honour.begun_on).await?;
                offices.insert((by, honour.begun_on), office.clone());
                office
            }
        };
        let title = app.standards.title(honour.year, &honour.title);
        let claims = Claims {
            number: honour.number.clone(),
            holder: honour.holder_name.clone(),
            person: honour.person_name.clone(),
            title: honour.title.clone(),
            title_name: title.map_or_else(
                || honour.title.clone(),
                |title| title.name.get(Lang::Zh).to_owned(),
            ),
            year: honour.year,
            office,
            named_on: honour.begun_on,
            index: u32::try_from(*index).context("an entry of the status list")?,
        };
        let token = signer.certificate(&claims)?;
        tokens.push((claims, token));
    }
    Ok(tokens)
}

/// What a unit was called on a day; where the register begins later, as now.
async fn called_on(tx: &mut Tx, unit: &UnitId, day: Date) -> Result<String> {
    if let Some(then) = version::as_of(tx, unit, day).await? {
        return Ok(then.unit.details.name);
    }
    let now = place::find(tx, unit).await?;
    Ok(now.map_or_else(String::new, |unit| unit.name))
}
