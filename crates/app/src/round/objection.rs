//! Objections to candidates on public notice: received from anybody (`receiving`), read (`reading`) and handled (`handling`) by those whom they don't concern,
//! followed by their number and code (`following`). All that is said, by whom, what is noted and what is answered is encrypted with the instance's key, files too: neither
//! the database nor a backup, log, export or line of the trail tells who objected, or what they wrote.

mod following;
mod handling;
mod reading;
mod receiving;
mod unread;

use anyhow::Context;
use jianjia_domain::{
    core::{ids::AccountId, message::To, place::UnitPlace, policy::Role},
    round::{
        application::Application,
        objection::{Concerned, Content, Objection, ObjectionRefusal},
    },
};
use jianjia_store::{
    core::{db::Tx, role},
    round::application as applications,
};
use serde::{Serialize, de::DeserializeOwned};

pub(crate) use self::unread::unread;
pub use self::{
    following::{Followed, confirm, follow},
    handling::{answer, assign, note},
    reading::{
        Handler, NoteView, ObjectionLine, ObjectionView, Objections, evidence, export, list, show,
    },
    receiving::{Receipt, receive},
};
use crate::core::{
    app::App,
    error::{Error, Result, refuses},
};

refuses!(ObjectionRefusal);

/// Those of the city who handle objections.
const HANDLERS: &[Role] = &[Role::Approver, Role::Administrator];

/// What is sealed: what was said, a file, a note, the answer.
#[derive(Clone, Copy)]
enum Sealed {
    Content,
    File(i64),
    Note,
    Answer,
}

impl Sealed {
    fn purpose(self) -> &'static str {
        match self {
            Sealed::Content => "objection",
            Sealed::File(_) => "objection-file",
            Sealed::Note => "objection-note",
            Sealed::Answer => "objection-answer",
        }
    }

    /// Whose it is, so that nothing is opened in the place of another.
    fn of(self, id: &str) -> String {
        match self {
            Sealed::File(place) => format!("{id}/{place}"),
            _ => id.to_owned(),
        }
    }
}

fn seal(app: &App, what: Sealed, id: &str, plain: &[u8]) -> Result<String> {
    let sealed = app
        .slip_key
        .seal(what.purpose(), &what.of(id), &app.entropy, plain);
    Ok(sealed?)
}

fn seal_json(app: &App, what: Sealed, id: &str, plain: &impl Serialize) -> Result<String> {
    let plain = serde_json::to_vec(plain).context("what is to be sealed")?;
    seal(app, what, id, &plain)
}

/// What was sealed; none where the instance's key is another than it was sealed with.
fn open(app: &App, what: Sealed, id: &str, sealed: &str) -> Option<Vec<u8>> {
    let opened = app.slip_key.open(what.purpose(), &what.of(id), sealed);
    opened.ok()
}

fn open_json<T: DeserializeOwned>(
    app: &App,
    what: Sealed,
    id: &str,
    sealed: &str,
) -> Result<Option<T>> {
    match open(app, what, id, sealed) {
        Some(bytes) => Ok(Some(
            serde_json::from_slice(&bytes).context("what was sealed")?,
        )),
        None => Ok(None),
    }
}

fn content_of(app: &App, objection: &Objection) -> Result<Option<Content>> {
    let id = objection.id.to_string();
    open_json(app, Sealed::Content, &id, &objection.sealed)
}

fn code_hash(app: &App, number: i64, code: &str) -> String {
    let number = number.to_string();
    hex::encode(app.slip_key.digest(b"objection", &[&number, code]))
}

/// Somebody of the city who handles objections, and where else they have a role.
struct CityHandler {
    account: AccountId,
    name: String,
    places: Vec<UnitPlace>,
}

impl CityHandler {
    fn may_read(&self, concerned: &Concerned<'_>) -> bool {
        concerned.lets_holder(&self.name, self.places.iter())
    }
}

async fn city_handlers(tx: &mut Tx, city: &UnitPlace) -> Result<Vec<CityHandler>> {
    let mut all = Vec::new();
    for (account, name) in role::holders(tx, &city.id, HANDLERS).await? {
        let places = role::places(tx, &account).await?;
        all.push(CityHandler {
            account,
            name,
            places,
        });
    }
    Ok(all)
}

/// Those of the city who handle objections, but nobody whom this one concerns.
async fn handlers_but(tx: &mut Tx, city: &UnitPlace, concerned: &Concerned<'_>) -> Result<Vec<To>> {
    let all = city_handlers(tx, city).await?.into_iter();
    let may_read = all.filter(|handler| handler.may_read(concerned));
    Ok(may_read
        .map(|handler| To::Account(handler.account))
        .collect())
}

/// The application that an objection is about.
async fn target(tx: &mut Tx, objection: &Objection) -> Result<Application> {
    let found = applications::find(tx, &objection.application).await?;
    found.ok_or(Error::NotFound)
}

/// Whom it concerns. What can't be opened names nobody that is known.
fn concerned<'a>(application: &'a Application, content: Option<&'a Content>) -> Concerned<'a> {
    Concerned {
        unit_path: &application.unit.path,
        person: application
            .person
            .as_ref()
            .map(|person| person.name.as_str()),
        keep_from: content.map_or(&[], |content| &content.keep_from),
    }
}
