//! What the people of the story do again and again, and what they then read.

use std::{collections::BTreeMap, io::Cursor};

use jianjia_app::{
    core::error::{Error, Result},
    honour::honour as honours,
    round::{
        application::{self as applications, DraftInput, Expected},
        review as reviews,
    },
    year::{activity as activities, assessment as assessments, evidence::File},
};
use jianjia_demo::testing::story::Story;
use jianjia_domain::{
    core::{
        ids::{ApplicationId, PersonId},
        place::UnitPlace,
        policy::Actor,
        refusal::Refusal,
    },
    round::{
        application::{Application, EventAct},
        review::Outcome,
    },
    year::activity::ActivityInput,
};
use jianjia_standard::{Lang, judgement::MayApply};
use jianjia_store::{honour::honour::RollFilter, round::application as applications_store};
use jiff::civil::Date;

pub async fn log(story: &Story, day: Date) {
    let activity = ActivityInput {
        held_on: day.to_string(),
        kind: "quality".to_owned(),
        title: "职工夜校".to_owned(),
        ..Default::default()
    };
    let (chair, union) = (&story.hengfeng_chair_account, &story.hengfeng.id);
    activities::log(&story.city.app, chair, union, &activity, vec![], &[], "")
        .await
        .unwrap();
}

pub async fn draft(
    story: &Story,
    actor: &Actor,
    union: &UnitPlace,
    title: &str,
    year: i16,
    person: Option<PersonId>,
) -> ApplicationId {
    let input = DraftInput {
        year,
        title: title.to_owned(),
        person,
        story: "一年来的主要做法。".to_owned(),
        request_key: String::new(),
    };
    applications::draft(&story.city.app, actor, &union.id, &input)
        .await
        .unwrap()
}

pub async fn submit(story: &Story, actor: &Actor, id: &ApplicationId) -> Result<Application> {
    let expected = expected(story, id).await;
    applications::submit(&story.city.app, actor, id, &expected).await
}

pub async fn endorse(story: &Story, id: &ApplicationId) {
    let input = reviews::OpinionInput {
        opinion: "情况属实，同意上报。".to_owned(),
        expected: expected(story, id).await,
    };
    reviews::endorse(&story.city.app, &story.subdistrict_reviewer, id, &input)
        .await
        .unwrap();
}

pub async fn find(story: &Story, id: &ApplicationId, clause: &str, outcome: Outcome, note: &str) {
    let input = reviews::FindingInput {
        clause: clause.to_owned(),
        outcome,
        note: note.to_owned(),
    };
    reviews::record_finding(&story.city.app, &story.district_reviewer, id, &input)
        .await
        .unwrap();
}

pub async fn decide(story: &Story, id: &ApplicationId, expected: Expected) -> Result<Application> {
    let input = reviews::OpinionInput {
        opinion: "同意命名。".to_owned(),
        expected,
    };
    reviews::decide(&story.city.app, &story.district_approver, id, &input).await
}

/// What a page of now would send along.
pub async fn expected(story: &Story, id: &ApplicationId) -> Expected {
    let revision = read(story, id).await.revision;
    Expected {
        revision,
        request_key: format!("{id}-{revision}-{}", story.city.app.now()),
    }
}

pub async fn read(story: &Story, id: &ApplicationId) -> Application {
    let mut tx = story.city.app.db.read().await.unwrap();
    applications_store::find(&mut tx, id)
        .await
        .unwrap()
        .unwrap()
}

pub async fn events(story: &Story, id: &ApplicationId) -> Vec<EventAct> {
    let mut tx = story.city.app.db.read().await.unwrap();
    let events = applications_store::events(&mut tx, id).await.unwrap();
    events.into_iter().map(|event| event.act).collect()
}

/// What stands against applying, in the words of the page.
pub async fn missing(
    story: &Story,
    actor: &Actor,
    union: &UnitPlace,
    year: i16,
    title: &str,
    person: Option<PersonId>,
) -> Vec<String> {
    let of_unit =
        applications::of_unit(&story.city.app, actor, &union.id, year, person.as_ref()).await;
    let offers = of_unit.unwrap().offers;
    let offer = offers.iter().find(|offer| offer.title == title).unwrap();
    assert_eq!(offer.allowed, offer.because.is_empty());
    offer.because.iter().map(|text| text.zh.clone()).collect()
}

pub async fn may_apply(
    story: &Story,
    union: &UnitPlace,
    person: Option<PersonId>,
    title: &str,
) -> MayApply {
    let app = &story.city.app;
    let mut tx = app.db.read().await.unwrap();
    let today: Date = app.clock.today();
    let assessed = assessments::assess(
        &mut tx,
        app,
        &union.id,
        person.as_ref(),
        today.year(),
        today,
    )
    .await
    .unwrap();
    assessed.judgement.may_apply[title].clone()
}

/// The public roll of a title: holder, person, year and number, newest first.
pub async fn roll(story: &Story, title: &str) -> Vec<(String, String, i16, String)> {
    let query = honours::RollQuery {
        filter: RollFilter {
            title: Some(title.to_owned()),
            ..Default::default()
        },
        under: None,
        page: 1,
    };
    let page = honours::roll(&story.city.app, None, &query).await.unwrap();
    page.lines
        .into_iter()
        .map(|line| line.entry)
        .map(|entry| {
            (
                entry.holder_name,
                entry.person_name,
                entry.year,
                entry.number,
            )
        })
        .collect()
}

pub fn typed(answers: &[(&str, &str)]) -> BTreeMap<String, String> {
    answers
        .iter()
        .map(|(fact, words)| ((*fact).to_owned(), (*words).to_owned()))
        .collect()
}

/// A small picture; its name decides what it shows, so that no two are the same file.
pub fn photo(name: &str) -> File {
    let shade = name.bytes().fold(0_u8, u8::wrapping_add);
    let picture = image::RgbImage::from_pixel(8, 8, image::Rgb([shade, 90, 40]));
    let mut bytes = Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    File {
        name: name.to_owned(),
        bytes: bytes.into_inner().into(),
    }
}

pub fn told<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Err(Error::Refused(Refusal::Fields(fields))) => fields[0].1.sentence(Lang::Zh),
        Err(Error::Refused(refusal)) => refusal.sentence(Lang::Zh),
        other => panic!("not refused: {other:?}"),
    }
}
