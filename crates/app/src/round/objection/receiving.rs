//! Receiving an objection, from anybody and without a captcha: a few of a day from one network count at once, what comes beyond is kept and counts when
//! whoever wrote it confirms it.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        guess::Guessed,
        ids::{ApplicationId, ObjectionId, PublicationId},
        message::{About, Kind, Message},
        place::UnitPlace,
        refusal::Refusal,
    },
    rating::poll::slip::{self, SLIP_CODE},
    round::{
        objection::{
            self, CONFIRM_AFTER, Content, FileName, Objection, ObjectionFile, ObjectionForm,
            ObjectionRefusal,
        },
        publication::PublicationRefusal,
    },
};
use jianjia_store::{
    core::{
        counter::next_numbers,
        db::Tx,
        scope::{Scope, Scopes},
    },
    register::unit,
    round::{objection as objections, publication as publications},
};
use jiff::Timestamp;
use serde_json::json;

use super::{Sealed, city_handlers, code_hash, concerned, handlers_but, seal, seal_json, target};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        guess::{self as guesses, Target},
        message::tell_all_but,
    },
    rating::lock::slip_code,
    year::evidence::{File, clean_all},
};

/// By what an objection is followed: told once, and kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub number: i64,
    pub code: String,
    /// From when on it has to be confirmed to count; none where it counts.
    pub confirm_from: Option<Timestamp>,
}

/// Receives an objection to a candidate of a notice that hangs, and tells those who handle it. One that comes twice with the same form, as after a
/// double click, is one objection.
///
/// # Errors
/// Not found when there is no such notice; `Over`; as `objection::read` and `objection::admit`; of a file as `evidence::upload`; `NoFilesNow` and
/// `Flooded` after many from one network; `NoReader`.
pub async fn receive(
    app: &App,
    network: &str,
    publication: &PublicationId,
    form: &ObjectionForm,
    files: Vec<File>,
) -> Result<Receipt> {
    let candidates = candidates(app, publication).await?;
    let (candidate, mut content) = objection::read(form, &candidates)?;
    let targets = targets(app, network);
    let has_files = !files.is_empty();
    let known = known_by(app, form, &content, &files);
    // What came before is answered before anything is decoded or stored again.
    let mut tx = app.db.read().await?;
    if let Some(before) = objections::of_request(&mut tx, &known.request).await? {
        return Ok(receipt(&before, known.code));
    }
    tx.commit().await?;
    if has_files {
        // Counted before pictures are decoded: a flood of them costs its sender the day's few, whether they can be taken or not.
        let scopes: Scopes = targets.iter().map(Target::scope).collect();
        let mut tx = app.db.write(scopes).await?;
        let counts = counted(&mut tx, &targets, app.now()).await;
        tx.commit().await?;
        if !counts? {
            return Err(no_files_now());
        }
    }
    let clean = clean_all(files).await?;
    let sizes: Vec<_> = clean
        .iter()
        .map(|file| (file.media_type, file.bytes.len()))
        .collect();
    objection::admit(&sizes)?;
    let now = app.now();
    let id = ObjectionId(app.entropy.id(now));
    let id_text = id.to_string();
    let mut kept = Vec::new();
    for (place, file) in (1_i64..).zip(clean) {
        let sealed = seal(app, Sealed::File(place), &id_text, &file.bytes)?;
        let bytes = i64::try_from(file.bytes.len()).unwrap_or(i64::MAX);
        let hash = app.files.put(sealed.into_bytes().into()).await?;
        kept.push(ObjectionFile { place, hash, bytes });
        content.files.push(FileName {
            name: file.name,
            mime: file.media_type.mime().to_owned(),
        });
    }
    let mut tx = app.db.write(scopes(&targets, candidate)).await?;
    if let Some(before) = objections::of_request(&mut tx, &known.request).await? {
        return Ok(receipt(&before, known.code));
    }
    let found = publications::find(&mut tx, publication).await?;
    if !found.is_some_and(|found| found.hangs(app.clock.today())) {
        return Err(PublicationRefusal::Over.into());
    }
    let city = unit::root(&mut tx).await?;
    let city = city.ok_or(ObjectionRefusal::NoReader)?;
    if is_kept_from_all(&mut tx, &city, candidate, &content).await? {
        return Err(Refusal::at("keep_from", ObjectionRefusal::KeptFromAll).into());
    }
    let counts = has_files || counted(&mut tx, &targets, now).await?;
    let number = next_numbers(&mut tx, "objection", 1).await?;
    let received = Objection {
        id,
        number,
        publication: *publication,
        application: candidate,
        sealed: seal_json(app, Sealed::Content, &id_text, &content)?,
        code_hash: code_hash(app, number, &known.code),
        request_hash: known.request,
        network: network_digits(app, publication, network),
        received_at: now,
        confirmed_at: counts.then_some(now),
        assigned: None,
        answer: None,
    };
    objections::insert(&mut tx, &received, &kept).await?;
    if counts {
        tell(&mut tx, app, &city, &received, &content).await?;
    }
    let detail = json!({"number": number});
    trail(
        &mut tx,
        app,
        &city,
        Deed::ReceiveObjection,
        &received,
        detail,
    )
    .await?;
    tx.commit().await?;
    Ok(receipt(&received, known.code))
}

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Counts one of the day from a network and in all; whether it counts at once.
async fn counted(tx: &mut Tx, targets: &[Target; 2], now: Timestamp) -> Result<bool> {
    // By the day alone: the instant would stand beside an objection's own, and tell from which network that came.
    let now = Timestamp::from_second(now.as_second() / DAY * DAY).unwrap_or(now);
    let from_network = guesses::count_on(tx, &targets[0], now).await?;
    if from_network >= objection::AT_ONCE_FROM_NETWORK {
        // What one network floods with takes nobody else's place of the day.
        return Ok(objection::counts_at_once(from_network, 0)?);
    }
    let in_all = guesses::count_on(tx, &targets[1], now).await?;
    Ok(objection::counts_at_once(from_network, in_all)?)
}

/// Whether those named are all who could handle it.
async fn is_kept_from_all(
    tx: &mut Tx,
    city: &UnitPlace,
    candidate: ApplicationId,
    content: &Content,
) -> Result<bool> {
    if content.keep_from.is_empty() {
        // Of whoever can't read it by what they are, the office is to see to: it is taken all the same.
        return Ok(false);
    }
    let application = jianjia_store::round::application::find(tx, &candidate).await?;
    let application = application.ok_or(Error::NotFound)?;
    let concerned = concerned(&application, Some(content));
    let all = city_handlers(tx, city).await?;
    Ok(!all.is_empty() && !all.iter().any(|handler| handler.may_read(&concerned)))
}

fn no_files_now() -> Error {
    Refusal::at("file", ObjectionRefusal::NoFilesNow).into()
}

fn receipt(objection: &Objection, code: String) -> Receipt {
    Receipt {
        number: objection.number,
        code,
        confirm_from: match objection.confirmed_at {
            Some(_) => None,
            None => Some(objection.received_at + CONFIRM_AFTER),
        },
    }
}

/// The candidates of a notice that hangs.
async fn candidates(app: &App, id: &PublicationId) -> Result<Vec<ApplicationId>> {
    let mut tx = app.db.read().await?;
    let found = publications::find(&mut tx, id).await?;
    let found = found.ok_or(Error::NotFound)?;
    if !found.hangs(app.clock.today()) {
        return Err(PublicationRefusal::Over.into());
    }
    Ok(publications::applications(&mut tx, id).await?)
}

/// Of a day from a network, and of a day in all: a counter that never pauses would never begin anew.
fn targets(app: &App, network: &str) -> [Target; 2] {
    let today = app.clock.today();
    [
        guesses::target(app, Guessed::Objection, &format!("{today} {network}")),
        guesses::target(app, Guessed::Objections, &today.to_string()),
    ]
}

/// Whoever names the candidate decides on it, so both take turns.
fn scopes(targets: &[Target], candidate: ApplicationId) -> Scopes {
    let own = [Scope::Objections, Scope::Application(candidate)];
    own.into_iter()
        .chain(targets.iter().map(Target::scope))
        .collect()
}

/// The code of an objection, and by what it is known again.
struct Known {
    code: String,
    request: String,
}

/// Both follow from the form's key and from what it says, as those of a letter do: without the form's key, which is kept nowhere, nobody makes the code
/// again.
fn known_by(app: &App, form: &ObjectionForm, content: &Content, files: &[File]) -> Known {
    if form.request_key.is_empty() {
        return Known {
            code: slip_code(&app.entropy),
            request: String::new(),
        };
    }
    let keep_from = content.keep_from.join("\n");
    let files: Vec<String> = files
        .iter()
        .map(|file| format!("{} {}", file.name, file.bytes.len()))
        .collect();
    let files = files.join("\n");
    let says = [
        form.request_key.as_str(),
        &form.application,
        &content.text,
        &content.name,
        &content.telephone,
        &keep_from,
        &files,
    ];
    let code = app.slip_key.digest(b"objection-code", &says);
    let request = app.slip_key.digest(b"objection-request", &says);
    Known {
        code: slip::code(&code, SLIP_CODE),
        request: hex::encode(request),
    }
}

/// By what a flood from one network is folded: so few digits that many networks share them, and others at each notice.
fn network_digits(app: &App, publication: &PublicationId, network: &str) -> String {
    let parts = [&publication.to_string(), network];
    let hash = app.slip_key.digest(b"objection-network", &parts);
    hex::encode(&hash[..1])
}

/// Tells those of the city who handle objections, and nobody whom it concerns.
pub(super) async fn tell(
    tx: &mut Tx,
    app: &App,
    city: &UnitPlace,
    objection: &Objection,
    content: &Content,
) -> Result<()> {
    let application = target(tx, objection).await?;
    let concerned = concerned(&application, Some(content));
    let to = handlers_but(tx, city, &concerned).await?;
    let about = About::of(&Object::Objection(objection.id), Some(city.id), 0);
    let told = Message::of(Kind::ObjectionArrived, about, objection.number, to);
    let number = objection.number.to_string();
    tell_all_but(app, tx, None, told.says([number.into()]));
    Ok(())
}

/// The line of what the public did: of nobody.
pub(super) async fn trail(
    tx: &mut Tx,
    app: &App,
    city: &UnitPlace,
    deed: Deed,
    objection: &Objection,
    detail: serde_json::Value,
) -> Result<()> {
    let object = Object::Objection(objection.id);
    app.trail_by(tx, ("", ""), deed, object, Some(city), detail)
        .await
}
