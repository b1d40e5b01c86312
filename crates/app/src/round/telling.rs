//! What the acts of a round tell: the union of what becomes of its file, and the office that has it next.

use jianjia_domain::{
    core::{
        audit::object::Object,
        ids::PublicationId,
        message::{self, About, Kind, Message, Said, To},
        place::UnitPlace,
        policy::Actor,
    },
    round::{
        application::{Application, ApplicationEvent, EventAct, State},
        route::Step,
    },
};
use jianjia_standard::{Text, programme::RoundAct};
use jianjia_store::{core::db::Tx, round::assignment as assignments};
use jiff::civil::Date;

use crate::{
    core::{app::App, error::Result, message::tell},
    round::round as rounds,
};

/// Tells of an event of an application, in its transaction. `unit` is where the applicant stands; `by`, the unit that acted.
pub(crate) async fn of_event(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    unit: &UnitPlace,
    application: &Application,
    event: &ApplicationEvent,
) -> Result<()> {
    let by = event.unit_name.as_str();
    let to_union = |kind, says: Vec<Said>| {
        let mut told = Message::of(kind, about(application), event.id, whose(application, unit));
        told.detail.says = says;
        told
    };
    let with = |more: &[&str]| {
        let more = more.iter().map(|word| Said::from(*word));
        let file = file(app, application).into_iter();
        file.chain(more).collect::<Vec<Said>>()
    };
    let next = application.turn().map(|turn| turn.unit.name.as_str());
    match event.act {
        EventAct::Drafted | EventAct::Named => {}
        EventAct::Submitted => arrived(tx, app, actor, application),
        EventAct::Resubmitted => {
            // Whoever had it in hand looks at it again.
            let to = in_hand(tx, application, application.turn()).await?;
            if let Some(told) = arrival(app, application) {
                let to = to.map_or(told.to.clone(), |to| vec![to]);
                tell(app, tx, actor, Message { to, ..told });
            }
        }
        EventAct::Endorsed => {
            tell(
                app,
                tx,
                actor,
                to_union(Kind::Endorsed, with(&[by, next.unwrap_or(by)])),
            );
            arrived(tx, app, actor, application);
        }
        EventAct::Recommended | EventAct::TakenUp => {
            tell(
                app,
                tx,
                actor,
                to_union(Kind::Recommended, with(&[by, next.unwrap_or(by)])),
            );
            arrived(tx, app, actor, application);
        }
        EventAct::RecommendationUndone => {
            tell(
                app,
                tx,
                actor,
                to_union(Kind::RecommendationUndone, with(&[by])),
            );
        }
        EventAct::Rejected => {
            let told =
                to_union(Kind::Rejected, with(&[by])).because(reasons(app, application, event));
            tell(app, tx, actor, told);
        }
        EventAct::Returned => {
            let because = reasons(app, application, event);
            let until = until(tx, app, application.year, RoundAct::Resubmit).await?;
            let told = match application.state {
                State::Returned { .. } => to_union(Kind::Returned, with(&[by])),
                _ => {
                    let turn = application.turn();
                    let office = turn.map(|turn| message::office(turn.unit.id));
                    let hand = in_hand(tx, application, turn).await?;
                    Message {
                        to: hand.map_or(office.unwrap_or_default(), |to| vec![to]),
                        ..to_union(Kind::SentBack, with(&[by]))
                    }
                }
            };
            tell(app, tx, actor, told.because(because).due(until));
        }
        EventAct::Withdrawn => {
            // It was on somebody's desk.
            let step = event.step.and_then(|step| application.route.get(step));
            if let Some(to) = in_hand(tx, application, step).await? {
                let told = Message {
                    to: vec![to],
                    ..to_union(Kind::Withdrawn, with(&[]))
                };
                tell(app, tx, actor, told);
            }
        }
    }
    Ok(())
}

/// Tells that an application was given its title.
pub(crate) fn named(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    unit: &UnitPlace,
    application: &Application,
    number: &str,
) {
    let [applicant, title] = file(app, application);
    let told = Message::of(
        Kind::Named,
        about(application),
        number,
        whose(application, unit),
    )
    .says([applicant, title, number.into()]);
    tell(app, tx, actor, told);
}

/// Tells that a candidate is on public notice.
pub(crate) fn published(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    unit: &UnitPlace,
    application: &Application,
    (publication, to): (PublicationId, Date),
) {
    let [applicant, title] = file(app, application);
    let object = Object::Publication(publication);
    let about = About::of(&object, Some(unit.id), application.year);
    let to_whom = whose(application, unit);
    let told = Message::of(Kind::Published, about, application.id, to_whom);
    tell(
        app,
        tx,
        actor,
        told.says([applicant, title, Said::Day { on: to }]),
    );
}

/// Who and for what, as sentences have it.
pub(crate) fn file(app: &App, application: &Application) -> [Said; 2] {
    let title = app.standards.title(application.year, &application.title);
    let title = title.map_or_else(
        || Said::from(application.title.as_str()),
        |title| Said::from(&title.name),
    );
    [application.applicant_name().into(), title]
}

pub(crate) fn about(application: &Application) -> About {
    About::of(
        &Object::Application(application.id),
        Some(application.unit.id),
        application.year,
    )
}

/// Those who answer for the applicant: the union, and the person that is put forward.
pub(crate) fn whose(application: &Application, unit: &UnitPlace) -> Vec<To> {
    let person = application.person.as_ref();
    message::union_of(unit)
        .into_iter()
        .chain(person.map(|person| To::Person(person.id)))
        .collect()
}

/// The last day of an act's window in a round; none where that is over.
pub(crate) async fn until(
    tx: &mut Tx,
    app: &App,
    year: i16,
    act: RoundAct,
) -> Result<Option<Date>> {
    let round = rounds::of_year(tx, app, year).await?;
    let to = jianjia_domain::round::round::window(&round, act).to;
    Ok(Some(to).filter(|to| *to >= app.clock.today()))
}

fn arrived(tx: &mut Tx, app: &App, actor: &Actor, application: &Application) {
    if let Some(told) = arrival(app, application) {
        tell(app, tx, actor, told);
    }
}

fn arrival(app: &App, application: &Application) -> Option<Message> {
    arrival_on(application, app.clock.today())
}

/// That a file came to the office whose turn it is: one message a day, round and office, which counts.
pub(crate) fn arrival_on(application: &Application, day: Date) -> Option<Message> {
    let office = &application.turn()?.unit;
    let object = Object::Unit(office.id);
    let about = About::of(&object, Some(office.id), application.year);
    let once = format!("{}:{day}", application.year);
    let told = Message::of(Kind::Arrived, about, once, message::office(office.id));
    Some(told.says([office.name.as_str().into()]))
}

/// Who has the file in hand at a step's office.
async fn in_hand(
    tx: &mut Tx,
    application: &Application,
    step: Option<&Step>,
) -> Result<Option<To>> {
    let Some(step) = step else { return Ok(None) };
    let held = assignments::find(tx, &application.id, &step.unit.id).await?;
    Ok(held.map(|held| To::Account(held.account)))
}

/// The reasons of an event: the opinion, and criterion by criterion.
fn reasons(app: &App, application: &Application, event: &ApplicationEvent) -> Vec<Said> {
    let standard = app.standards.of(application.year);
    let of_criteria = event.reasons.iter().map(|reason| {
        let criterion = standard
            .criteria
            .iter()
            .find(|criterion| criterion.clause == reason.clause);
        let (zh, en) = criterion.map_or(("", ""), |criterion| {
            (criterion.name.zh.as_str(), criterion.name.en.as_str())
        });
        Said::Both(Text {
            zh: format!("{} {zh}：{}", reason.clause, reason.note),
            en: format!("{} {en}: {}", reason.clause, reason.note),
        })
    });
    let opinion = Some(event.opinion.as_str()).filter(|opinion| !opinion.is_empty());
    opinion
        .map(Said::from)
        .into_iter()
        .chain(of_criteria)
        .collect()
}
