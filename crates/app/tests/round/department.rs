//! The departments' desk as stories: one list a round, answers that are signed, silence that stays silence, entries that are replied to, upheld and
//! lifted, and what they do to files under way.

use jianjia_app::{
    core::error::{Error, Result},
    exchange::import as imports,
    office::reminder,
    register::unit as units,
    round::{
        application as applications,
        department::{self as departments, AskedFilter},
        entry as entries, naming as namings, recommendation as recommendations, review as reviews,
        veto as vetoes,
    },
    year::evidence::File,
};
use jianjia_domain::{
    core::{
        ids::{ApplicationId, EntryId},
        message::Kind,
        place::UnitPlace,
        policy::{Actor, Role},
    },
    exchange::import::{ImportKind, fate::Outcome},
    round::{
        application::State,
        department::{AnswerInput, AnswerKind},
        entry::EntryState,
    },
};
use jianjia_store::{core::scope::Scope, round::department as store};
use jiff::civil::date;

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
async fn kinds(city: &RoundCity, who: &Actor) -> Vec<Kind> {
    let found = inbox(city, who).await.into_iter();
    found.filter_map(|told| told.kind).collect()
}

/// A union with an application for the trusted home at the township.
async fn applying(city: &RoundCity, name: &str) -> (UnitPlace, Actor, ApplicationId) {
    let (union, chair) = city.another(name).await;
    // Clause P5: a model home of 2015, reconfirmed, may be a candidate directly.
    city.holds(&union, None, "model-home", 2015).await;
    let id = city.applied(&chair, &union, "trusted-home").await.id;
    (union, chair, id)
}

fn in_state(document: &str) -> AnswerInput {
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
async fn entry_of(city: &RoundCity, unit: &UnitPlace) -> EntryId {
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
        assert_eq!(city.read(&file).await, before);
        let gone_on = city.endorsed(&file).await;
        assert_eq!(gone_on.state, State::UnderReview { step: 1 });
    }
}

#[tokio::test]
async fn nothing_is_named_while_an_entry_waits() {
    for city in cities().await {
        let app = &city.city.app;
        let tax = answerer(&city, "税务赵", "tax").await;
        let (union, _, file) = applying(&city, "甲厂工会").await;
        city.endorsed(&file).await;
        city.looked_through(&file).await;
        city.gives_places(0, 1).await;
        let chosen = [(file, city.read(&file).await.revision)];
        recommendations::recommend(
            app,
            &city.approver,
            2016,
            "trusted-home",
            &city.district.id,
            &chosen,
            "r",
        )
        .await
        .unwrap();
        departments::send(app, &city.leader, 2016, "tax")
            .await
            .unwrap();
        let because = async || {
            let list = namings::list(app, &city.leader, 2016, "trusted-home", 1).await;
            let candidates = list.unwrap().candidates;
            candidates[0]
                .because
                .iter()
                .map(|text| text.zh.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(because().await, [""; 0]);
        departments::answer(app, &tax, 2016, &union.id, &in_state("1号"))
            .await
            .unwrap();
        assert_eq!(
            because().await,
            [
                "市地方税务局答复甲厂工会有 V2 的情形，还在等单位说明或核实，决定以前先不评定、不命名（一票否决 V2）。"
            ]
        );
        let id = entry_of(&city, &union).await;
        entries::decide(app, &city.leader, &id, "lifted", "系统重名")
            .await
            .unwrap();
        assert_eq!(because().await, [""; 0]);
    }
}

/// The outcome of a row: its key, with the columns and the sentences where it is refused.
fn fate(outcome: &Outcome) -> String {
    match outcome {
        Outcome::New => "new".to_owned(),
        Outcome::Changed { .. } => "changed".to_owned(),
        Outcome::Unchanged => "unchanged".to_owned(),
        Outcome::Duplicate { of_row, .. } => format!("as row {of_row}"),
        Outcome::Refused { reasons } => reasons
            .iter()
            .map(|reason| format!("{}: {}", reason.column.zh, reason.sentence.zh))
            .collect::<Vec<_>>()
            .join(" / "),
    }
}

async fn checked(
    city: &RoundCity,
    who: &Actor,
    table: &str,
) -> Result<(jianjia_domain::core::ids::ImportId, Vec<String>)> {
    let app = &city.city.app;
    let bytes = bytes::Bytes::from(table.to_owned());
    let kind = ImportKind::Answers;
    let id = imports::check(app, who, kind, &city.top.id, "税务.csv", bytes).await?;
    let (import, _) = imports::find(app, who, &id).await?;
    let fates = import.report.rows.iter().map(|row| fate(&row.outcome));
    Ok((id, fates.collect()))
}

#[tokio::test]
async fn a_department_s_sheet_comes_back_with_typing_errors_and_every_fate_is_told() {
    for city in cities().await {
        let app = &city.city.app;
        let (first, chair, _) = applying(&city, "常州恒丰纺织有限公司工会").await;
        applying(&city, "常州晨光印刷有限公司工会").await;
        applying(&city, "常州远东化工有限公司工会").await;
        let off_list = city.another("常州安泰机械有限公司工会").await.0;
        departments::send(app, &city.leader, 2016, "tax")
            .await
            .unwrap();
        let sheet = imports::exports::of_department(app, &city.leader, 2016, "tax").await;
        assert!(!sheet.unwrap().bytes.is_empty());

        let heading = "部门,年度,单位工会,答复,情形,日期,文号,答复人\n";
        let good =
            "市地方税务局,2016,常州恒丰纺织有限公司工会,有,欠缴社保,2016-05-03,税稽12号,赵科长\n";
        let rows = [
            good,
            good,
            "市地方税务局,2016,常州恒丰纺织有限公司工会,没有,,,,赵科长\n",
            "市地方税务局,2016,常州晨光印刷有限工司工会,无,,,,赵科长\n",
            "市地方税务局,2016,常州远东化工有限公司工会,有,欠缴税款,2016-05-03,税稽13号,赵科长\n",
            "市地方税务局,2016,常州安泰机械有限公司工会,没有,,,,赵科长\n",
            "市地方税务局,2016,常州晨光印刷有限公司工会,,,,,赵科长\n",
            "市税务总局,2016,常州晨光印刷有限公司工会,没有,,,,赵科长\n",
        ];
        let table = format!("{heading}{}", rows.concat());
        assert_eq!(
            key(checked(&city, &city.approver, &table).await),
            "not-found"
        );
        let (_, fates) = checked(&city, &city.leader, &table).await.unwrap();
        // Two rows that contradict each other: neither is taken.
        let begins = [
            ": ",
            "as row 2",
            ": ",
            "单位工会: ",
            "情形: 没有“欠缴税款”这一项情形。请从这些当中选一项：V2 欠缴社会保险。",
            "单位工会: “常州安泰机械有限公司工会”不在发给市地方税务局的清单上",
            "unchanged",
            "部门: 标准里没有“市税务总局”这个部门。",
        ];
        assert_eq!(fates.len(), begins.len());
        for (fate, begin) in fates.iter().zip(begins) {
            assert!(fate.starts_with(begin), "{fate}: {fates:#?}");
        }
        assert_eq!(
            city.read_entries().await,
            0,
            "nothing is applied by a check"
        );

        // Mended, it is applied, signed by the person that it names.
        let rows = [
            good,
            "市地方税务局,2016,常州晨光印刷有限公司工会,无,,,,赵科长\n",
            "市地方税务局,2016,常州远东化工有限公司工会,,,,,赵科长\n",
        ];
        let table = format!("{heading}{}", rows.concat());
        let (id, fates) = checked(&city, &city.leader, &table).await.unwrap();
        assert_eq!(fates, ["new", "new", "unchanged"]);
        imports::confirm(app, &city.leader, &id).await.unwrap();
        let filter = AskedFilter::default();
        let list = departments::list(app, &city.leader, (Some(2016), "tax"), &filter, 1);
        let list = list.await.unwrap();
        assert_eq!(
            (
                list.counts.clear,
                list.counts.in_state,
                list.counts.silent()
            ),
            (1, 1, 1)
        );
        let of_first = list
            .units
            .iter()
            .find(|asked| asked.unit == first.id)
            .unwrap();
        let answer = of_first.answer.clone().unwrap();
        assert_eq!(
            (answer.by_name.as_str(), answer.entered_by_name.as_str()),
            ("赵科长", "市里钱主任")
        );
        assert!(kinds(&city, &chair).await.contains(&Kind::EntryMade));
        assert!(list.units.iter().all(|asked| asked.unit != off_list.id));
        // The same sheet again changes nothing.
        let (_, fates) = checked(&city, &city.leader, &table).await.unwrap();
        assert_eq!(fates, ["unchanged", "unchanged", "unchanged"]);
    }
}

impl RoundCity {
    /// How many entries there are.
    async fn read_entries(&self) -> usize {
        let overview = departments::overview(&self.city.app, &self.leader, 2016).await;
        overview.unwrap().entries.len()
    }
}
