//! Letters of the public: received from anybody, read and answered by the city federation, followed by their number and code. Who wrote is encrypted
//! with the instance's key. The text is not: a city that is restored without its key still has what was written to it.

use anyhow::Context;
use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        guess::Guessed,
        ids::LetterId,
        message::{ANSWERERS, About, Kind, Message, Said, To},
        policy::{Actor, Permit, act},
    },
    office::letter::{
        Letter, LetterAnswer, LetterForm, LetterRefusal, Writer, Written, answered, read,
    },
    rating::poll::slip::{self, SLIP_CODE, read_code},
};
use jianjia_store::{
    core::{
        counter::next_numbers,
        db::Tx,
        scope::{Scope, Scopes},
    },
    honour::target as figures,
    office::letter,
};
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
        guess::{self as guesses, Target},
        message::tell_all_but,
    },
    rating::lock::slip_code,
};

refuses!(LetterRefusal);

/// How many letters a page has.
pub const LINES: i64 = 50;

/// What a letter's name and telephone are sealed for.
const PURPOSE: &str = "letter";

/// By what a letter is followed: told once, and kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub number: i64,
    pub code: String,
}

/// Receives a letter, and tells those who answer. One that comes twice with the same form, as after a double click, is one letter, and its code the same.
///
/// # Errors
/// A refusal for each field that can't be taken; `Slowed` after many from one network.
pub async fn receive(app: &App, network: &str, form: &LetterForm) -> Result<Receipt> {
    let written = read(form)?;
    let now = app.now();
    let target = guesses::target(app, Guessed::Letter, network);
    let (code, request_hash) = known_by(app, &form.request_key, &written);
    let mut tx = app.db.write(scopes(&target)).await?;
    if let Some(before) = letter::of_request(&mut tx, &request_hash).await? {
        return Ok(Receipt {
            number: before.number,
            code,
        });
    }
    let city = figures::city(&mut tx).await?;
    let city = city.ok_or(LetterRefusal::NoReader)?;
    if let Some(minutes) = guesses::count(&mut tx, std::slice::from_ref(&target), now).await? {
        return Err(LetterRefusal::Slowed { minutes }.into());
    }
    let id = LetterId(app.entropy.id(now));
    let number = next_numbers(&mut tx, "letter", 1).await?;
    let writer = serde_json::to_vec(&written.writer).context("who wrote")?;
    let received = Letter {
        id,
        number,
        kind: written.kind,
        about: written.about,
        text: written.text,
        sealed: app
            .slip_key
            .seal(PURPOSE, &id.to_string(), &app.entropy, &writer)?,
        code_hash: code_hash(app, number, &code),
        request_hash,
        received_at: now,
        answer: None,
    };
    letter::insert(&mut tx, &received).await?;
    let to = To::Unit {
        unit: city.id,
        roles: ANSWERERS,
    };
    let about = About::of(&Object::Letter(id), Some(city.id), 0);
    let word = Said::Word {
        word: written.kind.word().to_owned(),
    };
    let told = Message::of(Kind::LetterArrived, about, number, vec![to])
        .says([word, number.to_string().into()]);
    tell_all_but(app, &mut tx, None, told);
    let (object, detail) = (Object::Letter(id), json!({"number": number}));
    app.trail_by(
        &mut tx,
        ("", ""),
        Deed::ReceiveLetter,
        object,
        Some(&city),
        detail,
    )
    .await?;
    tx.commit().await?;
    Ok(Receipt { number, code })
}

fn scopes(target: &Target) -> Scopes {
    Scopes::from([Scope::Letters, target.scope()])
}

/// The code of a letter, and by what it is known again. Both follow from the form's key and from what it says: a letter that was changed after it was
/// sent is another one. Without the form's key, which is kept nowhere, nobody makes the code again.
fn known_by(app: &App, request_key: &str, written: &Written) -> (String, String) {
    if request_key.is_empty() {
        return (slip_code(&app.entropy), String::new());
    }
    let Written {
        about,
        text,
        writer,
        ..
    } = written;
    let (name, telephone) = (writer.name.as_str(), writer.telephone.as_str());
    let says = [
        request_key,
        written.kind.key(),
        about,
        text,
        name,
        telephone,
    ];
    let code = app.slip_key.digest(b"letter-code", &says);
    let request = app.slip_key.digest(b"letter-request", &says);
    (slip::code(&code, SLIP_CODE), hex::encode(request))
}

fn code_hash(app: &App, number: i64, code: &str) -> String {
    let number = number.to_string();
    hex::encode(app.slip_key.digest(b"letter", &[&number, code]))
}

/// The letter with a number, for whoever has its code.
///
/// # Errors
/// `NotFollowed` when they do not belong together; `Slowed` after many wrong codes from one network.
pub async fn follow(app: &App, network: &str, number: i64, code: &str) -> Result<Letter> {
    let now = app.now();
    let targets = [guesses::target(app, Guessed::LetterCode, network)];
    // Counted before it is looked up, so that many at once get no further than one after another.
    let mut tx = app.db.write(targets[0].scope()).await?;
    let slowed = guesses::count(&mut tx, &targets, now).await?;
    tx.commit().await?;
    if let Some(minutes) = slowed {
        return Err(LetterRefusal::Slowed { minutes }.into());
    }
    let code = read_code(code, SLIP_CODE).unwrap_or_default();
    let mut tx = app.db.read().await?;
    let found = letter::of_number(&mut tx, number).await?;
    tx.commit().await?;
    let hash = code_hash(app, number, &code);
    let found = found.filter(|letter| letter.code_hash == hash);
    let found = found.ok_or(LetterRefusal::NotFollowed)?;
    let mut tx = app.db.write(targets[0].scope()).await?;
    guesses::take_back(&mut tx, &targets).await?;
    tx.commit().await?;
    Ok(found)
}

/// A page of the letters.
pub struct Letters {
    pub letters: Vec<Letter>,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
}

/// The letters, those without an answer first.
///
/// # Errors
/// As `App::permit`, for answering them.
pub async fn list(app: &App, actor: &Actor, page: i64) -> Result<Letters> {
    let mut tx = app.db.read().await?;
    permit(app, &mut tx, actor).await?;
    let page = page.max(1);
    let offset = (page - 1).saturating_mul(LINES);
    let (letters, total) = letter::page(&mut tx, LINES, offset).await?;
    Ok(Letters {
        letters,
        total,
        page,
        pages: (total + LINES - 1) / LINES,
    })
}

/// A portion (limit, offset) of the same letters, for a file, and their total number.
///
/// # Errors
/// As `list`.
pub async fn export(
    app: &App,
    actor: &Actor,
    (limit, offset): (i64, i64),
) -> Result<(Vec<Letter>, i64)> {
    let mut tx = app.db.read().await?;
    permit(app, &mut tx, actor).await?;
    Ok(letter::page(&mut tx, limit, offset).await?)
}

async fn permit(app: &App, tx: &mut Tx, actor: &Actor) -> Result<Permit<act::AnswerLetter>> {
    let city = figures::city(tx).await?.ok_or(Error::NotFound)?;
    app.permit_at(tx, actor, act::AnswerLetter, &city).await
}

/// A letter with who wrote it; none where the instance's key is another than it was sealed with.
///
/// # Errors
/// Not found when it isn't there; as `App::permit`, for answering it.
pub async fn show(app: &App, actor: &Actor, id: &LetterId) -> Result<(Letter, Option<Writer>)> {
    let mut tx = app.db.read().await?;
    permit(app, &mut tx, actor).await?;
    let found = letter::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let opened = app.slip_key.open(PURPOSE, &id.to_string(), &found.sealed);
    let writer = match opened {
        Ok(bytes) => Some(serde_json::from_slice(&bytes).context("who wrote")?),
        Err(_) => None,
    };
    Ok((found, writer))
}

/// Keeps the answer to a letter, which whoever has its code reads.
///
/// # Errors
/// As `show`; when it says nothing or too much, or somebody answered before.
pub async fn answer(app: &App, actor: &Actor, id: &LetterId, typed: &str) -> Result<()> {
    let mut tx = app.db.write(Scope::Letters).await?;
    let permit = permit(app, &mut tx, actor).await?;
    let found = letter::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let given = LetterAnswer {
        text: answered(&found, typed)?,
        by: actor.account.to_string(),
        by_name: actor.name.clone(),
        at: app.now(),
    };
    if !letter::answer(&mut tx, id, &given).await? {
        return Err(LetterRefusal::Answered.into());
    }
    let (object, detail) = (Object::Letter(*id), json!({"number": found.number}));
    app.trail(
        &mut tx,
        actor,
        Deed::AnswerLetter,
        object,
        Some(&permit.unit),
        detail,
    )
    .await?;
    Ok(tx.commit().await?)
}
