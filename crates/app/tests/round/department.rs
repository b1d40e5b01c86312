//! The departments' desk as stories: one list a round, answers that are signed, silence that stays silence, entries that are replied to, upheld and
//! lifted, and what they do to files under way.

use jianjia_app::{
    core::error::Error,
    office::reminder,
    register::unit as units,
    round::{
        application as applications,
        department::{self as departments, AskedFilter},
        entry as entries, review as reviews, veto as vetoes,
    },
    year::evidence::File,
};
use jianjia_domain::{
    core::{
        ids::{ApplicationId, EntryId},
        message::{Kind, Said},
        place::UnitPlace,
        policy::{Actor, Role},
    },
    round::{
        application::State,
        department::{AnswerInput, AnswerKind},
        entry::EntryState,
    },
};
use jianjia_store::{core::scope::Scope, round::department as store};
use jiff::civil::date;

#[path = "department/lifting.rs"]
mod lifting;
#[path = "department/naming.rs"]
mod naming;
#[path = "department/sheet.rs"]
mod sheet;

use crate::{
    city::{RoundCity, cities},
    key,
    telling::inbox,
};

/// Somebody who answers for a department.
pub async fn answerer(city: &RoundCity, name: &str, department: &str) -> Actor {
    let app = &city.city.app;
    let actor = city
        .city
        .actor(name, &[(Role::Department, &city.top)])
        .await;
    let mut tx = app.db.write(Scope::Accounts).await.unwrap();
    store::bind(&mut tx, &actor.account, department, app.now())
        .await
        .unwrap();
    jianjia_demo::testing::keep(app, tx).await;
    actor
}

/// What somebody was told, by kind.
pub(super) async fn kinds(city: &RoundCity, who: &Actor) -> Vec<Kind> {
    let found = inbox(city, who).await.into_iter();
    found.filter_map(|told| told.kind).collect()
}

/// A union with an application for the trusted home at the township.
pub(super) async fn applying(city: &RoundCity, name: &str) -> (UnitPlace, Actor, ApplicationId) {
    let (union, chair) = city.another(name).await;
    // Clause P5: a model home of 2015, reconfirmed, may be a candidate directly.
    city.holds(&union, None, "model-home", 2015).await;
    let id = city.applied(&chair, &union, "trusted-home").await.id;
    (union, chair, id)
}

pub(super) fn in_state(document: &str) -> AnswerInput {
    AnswerInput {
        answer: "in-state".to_owned(),
        clause: "V2".to_owned(),
        on: "2016-05-03".to_owned(),
        document: document.to_owned(),
        note: "三个月".to_owned(),
    }
}

/// Name and answer of every unit on a department's list, as somebody sees it.
async fn answers(city: &RoundCity, who: &Actor) -> Vec<(String, Option<AnswerKind>)> {
    let filter = AskedFilter::default();
    let list = departments::list(&city.city.app, who, (Some(2016), ""), &filter, 1);
    let units = list.await.unwrap().units;
    units
        .into_iter()
        .map(|asked| (asked.name, asked.answer.map(|answer| answer.kind)))
        .collect()
}

/// The entry that was made of a unit last.
pub(super) async fn entry_of(city: &RoundCity, unit: &UnitPlace) -> EntryId {
    let overview = departments::overview(&city.city.app, &city.leader, 2016).await;
    let mut entries = overview.unwrap().entries;
    entries.retain(|entry| entry.unit == unit.id);
    entries.sort_by_key(|entry| entry.id);
    entries.pop().unwrap().id
}

fn photo() -> File {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(4, 4, image::Rgb([1, 2, 3]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    File {
        name: "缴款单.png".to_owned(),
        bytes: bytes.into_inner().into(),
    }
}

#[tokio::test]
async fn a_department_answers_its_list_and_what_it_leaves_out_stays_silence() {
    for city in cities().await {
        let app = &city.city.app;
        let tax = answerer(&city, "税务赵", "tax").await;
        let courts = answerer(&city, "法院孙", "courts").await;
        assert_eq!(
            key(departments::send(app, &city.leader, 2016, "tax").await),
            "department/nothing-to-ask"
        );
        let (first, ..) = applying(&city, "甲厂工会").await;
        let (second, ..) = applying(&city, "乙厂工会").await;
        // Who applies for a title that vetoes don't bar is nobody to ask about.
        city.applied(&city.chair, &city.union, "model-home").await;
        assert_eq!(
            key(departments::send(app, &city.approver, 2016, "tax").await),
            "not-found"
        );
        let list = departments::send(app, &city.leader, 2016, "tax")
            .await
            .unwrap();
        // Ten working days from Thursday 20 October.
        assert_eq!((list.number, list.due_on), (1, date(2016, 11, 3)));
        assert_eq!(kinds(&city, &tax).await, [Kind::ListSent]);
        assert!(kinds(&city, &courts).await.is_empty());
        let silent = [("乙厂工会".to_owned(), None), ("甲厂工会".to_owned(), None)];
        assert_eq!(answers(&city, &tax).await, silent);
        // Frozen: who applies later comes with an addition.
        let (third, ..) = applying(&city, "丙厂工会").await;
        assert_eq!(answers(&city, &tax).await, silent);
        let more = departments::send(app, &city.leader, 2016, "tax")
            .await
            .unwrap();
        assert_eq!(more.number, 2);
        assert_eq!(
            key(departments::send(app, &city.leader, 2016, "tax").await),
            "department/nothing-to-ask"
        );

        let both = [first.id, second.id];
        let clear = departments::answer_alike(app, &tax, 2016, &both, "clear").await;
        assert_eq!(clear.unwrap(), 2);
        let again = departments::answer_alike(app, &tax, 2016, &both[..1], "clear").await;
        assert_eq!(again.unwrap(), 0);
        let overview = departments::overview(app, &city.leader, 2016)
            .await
            .unwrap();
        let line = overview
            .lines
            .iter()
            .find(|line| line.department.key == "tax")
            .unwrap();
        assert_eq!(
            (line.counts.asked, line.counts.clear, line.counts.silent()),
            (3, 2, 1)
        );
        assert_eq!(line.people, ["税务赵"]);
        let filter = AskedFilter {
            state: departments::AskedState::Silent,
            ..AskedFilter::default()
        };
        let list = departments::list(app, &city.leader, (Some(2016), "tax"), &filter, 1);
        let list = list.await.unwrap();
        assert_eq!(list.units[0].unit, third.id);
        let (_, asked, _) = departments::asked(app, &tax, 2016, &first.id)
            .await
            .unwrap();
        assert_eq!(asked.answer.unwrap().by_name, "税务赵");

        // Another department finds nothing of it, and neither finds anything of the city.
        let any = AskedFilter::default();
        let elsewhere = departments::list(app, &courts, (Some(2016), "tax"), &any, 1).await;
        assert_eq!(key(elsewhere), "not-found");
        let foreign = departments::answer(app, &courts, 2016, &first.id, &in_state("1号")).await;
        assert_eq!(key(foreign), "not-found");
        let unit = units::find(app, &tax, &first.id).await;
        assert!(matches!(unit, Err(Error::NotFound)));
        assert_eq!(
            key(departments::overview(app, &tax, 2016).await),
            "not-found"
        );
        let found = vetoes::list(app, &tax, &vetoes::VetoFilter::default(), 1).await;
        assert_eq!(found.unwrap().total, 0);

        // Three working days before the end and after it: the department is reminded, then the city hears of the silence.
        app.clock.set(date(2016, 11, 9));
        reminder::send_due(app).await.unwrap();
        let lines = inbox(&city, &tax).await;
        let reminded = lines.iter().find(|told| told.kind == Some(Kind::Reminder));
        assert_eq!(reminded, None, "the last list is due on 3 November");
        app.clock.set(date(2016, 11, 4));
        reminder::send_due(app).await.unwrap();
        let told = |found: Vec<jianjia_domain::core::message::Received>| -> Vec<Kind> {
            found
                .into_iter()
                .filter(|told| told.kind == Some(Kind::Reminder))
                .flat_map(|told| told.detail.lines.into_iter().map(|line| line.kind))
                .collect()
        };
        assert!(told(inbox(&city, &tax).await).contains(&Kind::DueToAnswer));
        assert!(told(inbox(&city, &city.leader).await).contains(&Kind::DepartmentSilent));
        assert!(told(inbox(&city, &courts).await).is_empty());
    }
}

#[tokio::test]
async fn an_addition_puts_off_no_list_before_it() {
    for city in cities().await {
        let app = &city.city.app;
        let tax = answerer(&city, "税务赵", "tax").await;
        applying(&city, "甲厂工会").await;
        departments::send(app, &city.leader, 2016, "tax")
            .await
            .unwrap();
        app.clock.set(date(2016, 10, 28));
        applying(&city, "乙厂工会").await;
        let more = departments::send(app, &city.leader, 2016, "tax")
            .await
            .unwrap();
        assert!(more.due_on > date(2016, 11, 4));
        let any = AskedFilter::default();
        let list = departments::list(app, &tax, (Some(2016), ""), &any, 1)
            .await
            .unwrap();
        let silent: Vec<_> = list
            .lists
            .iter()
            .map(|sent| (sent.list.number, sent.silent))
            .collect();
        assert_eq!(silent, [(1, 1), (2, 1)]);
        // The first list was due on 3 November: on the day after, the city hears of its unit, and of no other.
        app.clock.set(date(2016, 11, 4));
        reminder::send_due(app).await.unwrap();
        let told = inbox(&city, &city.leader).await;
        let lines = told
            .into_iter()
            .filter(|told| told.kind == Some(Kind::Reminder))
            .flat_map(|told| told.detail.lines)
            .filter(|line| line.kind == Kind::DepartmentSilent);
        let counts: Vec<_> = lines.map(|line| line.says[1].clone()).collect();
        assert_eq!(counts, [Said::Number(1)]);
    }
}

#[tokio::test]
async fn an_entry_is_replied_to_and_lifted_and_the_file_goes_on_where_it_stood() {
    for city in cities().await {
        let app = &city.city.app;
        let tax = answerer(&city, "税务赵", "tax").await;
        let (union, chair, file) = applying(&city, "甲厂工会").await;
        departments::send(app, &city.leader, 2016, "tax")
            .await
            .unwrap();
        let said = in_state("税稽〔2016〕12号");
        departments::answer(app, &tax, 2016, &union.id, &said)
            .await
            .unwrap();
        departments::answer(app, &tax, 2016, &union.id, &said)
            .await
            .unwrap();
        let id = entry_of(&city, &union).await;
        assert!(kinds(&city, &chair).await.contains(&Kind::EntryMade));
        // Said otherwise only after it was lifted.
        let clear = departments::answer_alike(app, &tax, 2016, &[union.id], "clear").await;
        assert_eq!(key(clear), "department/stands-in-state");

        // The unit is heard first; meanwhile the file goes on and is not decided.
        let uphold = entries::decide(app, &tax, &id, "upheld", "已核实").await;
        assert_eq!(key(uphold), "entry/not-heard");
        city.endorsed(&file).await;
        let view = applications::view(app, &chair, &file).await.unwrap();
        assert!(view.stopped.is_empty());
        assert_eq!(view.held.unwrap().key(), "entry/holds");

        let stranger = entries::reply(app, &city.chair, &id, "不是我们", Vec::new()).await;
        assert_eq!(key(stranger), "not-found");
        let office = entries::reply(app, &city.leader, &id, "替他说", Vec::new()).await;
        assert_eq!(key(office), "not-your-role");
        entries::reply(app, &chair, &id, "五月已补缴", vec![photo()])
            .await
            .unwrap();
        let again = entries::reply(app, &chair, &id, "再说一遍", Vec::new()).await;
        assert_eq!(key(again), "entry/replied-already");
        assert!(kinds(&city, &tax).await.contains(&Kind::EntryReplied));
        assert!(
            kinds(&city, &city.leader)
                .await
                .contains(&Kind::EntryReplied)
        );

        // The department reads the reply and its evidence, and no other evidence.
        let view = entries::find(app, &tax, &id).await.unwrap();
        assert_eq!((view.evidence.len(), view.may_decide), (1, true));
        let piece = view.evidence[0].id;
        let (_, bytes) = entries::open_evidence(app, &tax, &id, &piece)
            .await
            .unwrap();
        assert!(!bytes.is_empty());
        let directly = jianjia_app::year::evidence::open(app, &tax, &piece).await;
        assert_eq!(key(directly), "not-found");
        let effects = view.effects.unwrap();
        let hit: Vec<ApplicationId> = effects.applications.iter().map(|one| one.id).collect();
        assert_eq!(hit, [file]);

        let lifted = entries::decide(app, &tax, &id, "lifted", "核实已补缴")
            .await
            .unwrap();
        assert_eq!(lifted.state(), EntryState::Lifted);
        entries::decide(app, &tax, &id, "lifted", "核实已补缴")
            .await
            .unwrap();
        let late = entries::decide(app, &city.leader, &id, "upheld", "不同意").await;
        assert_eq!(key(late), "entry/decided");
        assert!(kinds(&city, &chair).await.contains(&Kind::EntryLifted));
        let view = applications::view(app, &chair, &file).await.unwrap();
        assert_eq!((view.stopped.len(), view.held), (0, None));
        assert_eq!(view.application.state, State::UnderReview { step: 1 });
        assert!(
            vetoes::of_unit(app, &chair, &union.id, 2016)
                .await
                .unwrap()
                .is_empty()
        );
    }
}

#[tokio::test]
async fn an_upheld_entry_stops_a_file_under_way_until_its_veto_is_lifted() {
    for city in cities().await {
        let app = &city.city.app;
        let tax = answerer(&city, "税务赵", "tax").await;
        let (union, chair, file) = applying(&city, "甲厂工会").await;
        let (other, _, other_file) = applying(&city, "乙厂工会").await;
        departments::send(app, &city.leader, 2016, "tax")
            .await
            .unwrap();
        for unit in [&union, &other] {
            let said = in_state("税稽〔2016〕12号");
            departments::answer(app, &tax, 2016, &unit.id, &said)
                .await
                .unwrap();
        }
        let id = entry_of(&city, &union).await;
        entries::reply(app, &chair, &id, "正在补缴", Vec::new())
            .await
            .unwrap();
        let decided = entries::decide(app, &city.leader, &id, "upheld", "仍欠缴")
            .await
            .unwrap();
        assert_eq!(decided.state(), EntryState::Upheld);
        let veto = decided.decision.unwrap().veto.unwrap();
        let found = vetoes::find(app, &chair, &veto).await.unwrap().veto;
        assert_eq!(
            (found.clause.as_str(), found.source.as_str()),
            ("V2", "市地方税务局 税稽〔2016〕12号（2016-05-03）")
        );
        assert!(kinds(&city, &chair).await.contains(&Kind::EntryUpheld));

        // At once, and where it stands.
        let before = city.read(&file).await;
        let input = city.opinion(&file).await;
        let handed_on = reviews::endorse(app, &city.local, &file, &input).await;
        assert_eq!(key(handed_on), "application/stopped");
        let view = applications::view(app, &chair, &file).await.unwrap();
        assert_eq!(view.stopped.len(), 1);
        // The neighbour's entry waits: its file goes on.
        city.endorsed(&other_file).await;

        // Whoever does not reply within the period has it upheld by that.
        assert_eq!(entries::uphold_overdue(app).await.unwrap(), 0);
        app.clock.set(date(2016, 10, 28));
        assert_eq!(entries::uphold_overdue(app).await.unwrap(), 1);
        assert_eq!(entries::uphold_overdue(app).await.unwrap(), 0);
        let standing = vetoes::of_unit(app, &city.reviewer, &other.id, 2016)
            .await
            .unwrap();
        assert_eq!(standing.len(), 1);

        // What a department's answer came to is not for a federation on the way to lift.
        let refused = vetoes::lift(app, &city.reviewer, &veto, "已补缴").await;
        assert_eq!(key(refused), "veto/of-a-department");
        vetoes::lift(app, &city.leader, &veto, "已补缴")
            .await
            .unwrap();
        // The entry follows, and the department hears of what the city did with it.
        let view = entries::find(app, &tax, &id).await.unwrap();
        assert_eq!(
            (view.entry.state(), view.may_decide),
            (EntryState::Lifted, false)
        );
        assert!(kinds(&city, &tax).await.contains(&Kind::EntryLifted));
        assert!(
            kinds(&city, &city.reviewer)
                .await
                .contains(&Kind::EntryLifted)
        );
        assert_eq!(city.read(&file).await, before);
        let gone_on = city.endorsed(&file).await;
        assert_eq!(gone_on.state, State::UnderReview { step: 1 });
    }
}
