//! Cases from a union to "how others did this", topics, and meetings whose last place is given once.

use std::{collections::BTreeSet, io::Cursor};

use jianjia_app::{
    core::app::App,
    round::home as homes,
    sharing::{
        case::{self as cases, CaseQuery},
        meeting as meetings, topic as topics,
    },
    year::{
        evidence::{self, File},
        sheet as sheets,
    },
};
use jianjia_domain::{
    core::{
        ids::{BookingId, CaseId, MeetingId},
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
    register::person::Post,
    sharing::{
        case::{CaseForm, CaseState, Side},
        meeting::{BookingState, MeetingForm},
        topic::TopicForm,
    },
};
use jianjia_store::testing as store_testing;
use serde_json::json;

use crate::{
    city::{RoundCity, cities},
    key,
    racing::Nodes,
    told,
};

const CLAUSE: &str = "M1b";

fn form() -> CaseForm {
    CaseForm {
        title: "师傅领进门，入会第一天".to_owned(),
        problem: "新职工流动快，入会率卡在八成多。".to_owned(),
        method: "把入会和师徒结对放在同一天办。".to_owned(),
        effect: "一年里新职工入会 120 人。".to_owned(),
        clauses: vec![CLAUSE.to_owned()],
        names_agreed: String::new(),
    }
}

fn photo(name: &str) -> File {
    let picture = image::RgbImage::from_pixel(6, 4, image::Rgb([9, 99, 199]));
    let mut bytes = Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    File {
        name: name.to_owned(),
        bytes: bytes.into_inner().into(),
    }
}

/// Somebody who approves at the township: its reviewer alone is in the city of rounds.
async fn township_approver(city: &RoundCity) -> Actor {
    let roles = [(Role::Approver, &city.township)];
    city.city.actor("街道李主任", &roles).await
}

async fn begun(city: &RoundCity) -> CaseId {
    let (app, union) = (&city.city.app, &city.union.id);
    let done = cases::begin(app, &city.chair, union, &form(), (None, "")).await;
    done.unwrap()
}

/// The case has come to the city.
async fn at_the_city(city: &RoundCity, id: &CaseId) {
    let app = &city.city.app;
    cases::hand_in(app, &city.chair, id).await.unwrap();
    for office in [&city.local, &city.approver] {
        cases::review(app, office, id, ("recommend", ""))
            .await
            .unwrap();
    }
}

async fn state(app: &App, actor: &Actor, id: &CaseId) -> CaseState {
    let view = cases::view(app, Some(actor), id).await.unwrap();
    view.case.state
}

#[tokio::test]
async fn a_case_goes_from_a_union_to_how_others_did_this() {
    for city in cities().await {
        let app = &city.city.app;
        let (reader, their_chair) = city.another("第二纺织厂工会").await;
        let facts = [
            ("members".to_owned(), json!(100)),
            ("cards_issued".to_owned(), json!(100)),
            ("cards_used".to_owned(), json!(100)),
        ];
        city.says(&reader, None, facts.into()).await;
        let others = async || {
            let home = homes::read(app, &their_chair, &reader.id, None, 2016).await;
            home.unwrap().others
        };
        assert_eq!(others().await.get(CLAUSE), None);

        let id = begun(&city).await;
        let words = ("师徒结对那天", "on");
        cases::add_photo(app, &city.chair, &id, vec![photo("结对.png")], words)
            .await
            .unwrap();
        // A draft is its union's alone.
        for stranger in [&city.leader, &city.local, &their_chair] {
            let hidden = cases::view(app, Some(stranger), &id).await;
            assert_eq!(key(hidden), "not-found");
        }
        at_the_city(&city, &id).await;
        let view = cases::view(app, Some(&city.leader), &id).await.unwrap();
        assert_eq!(view.case.state, CaseState::Editing);
        let office = cases::to_write(app, &city.approver, &id).await;
        assert_eq!(key(office), "case/not-your-turn");
        let union = cases::to_write(app, &city.chair, &id).await;
        assert_eq!(key(union), "case/not-editable");
        let mut edited = form();
        edited.title = "入会第一天，师傅带着办".to_owned();
        let revision = view.case.revision;
        cases::save(app, &city.leader, &id, &edited, revision)
            .await
            .unwrap();
        // Not before the union agrees.
        let early = cases::review(app, &city.leader, &id, ("publish", "")).await;
        assert_eq!(key(early), "case/wrong-state");
        cases::review(app, &city.leader, &id, ("ask", ""))
            .await
            .unwrap();
        let view = cases::view(app, Some(&city.chair), &id).await.unwrap();
        let original = view.original.unwrap();
        assert_eq!(
            (view.text.side, view.text.written.title.as_str()),
            (Side::City, "入会第一天，师傅带着办")
        );
        assert_eq!(
            (original.side, original.written.title.as_str()),
            (Side::Union, "师傅领进门，入会第一天")
        );
        let other = cases::answer(app, &city.chair, &id, ("agree", 1, "")).await;
        assert_eq!(key(other), "case/other-text");
        cases::answer(app, &city.chair, &id, ("decline", 2, "标题要改回来"))
            .await
            .unwrap();
        let same = cases::review(app, &city.leader, &id, ("ask", "")).await;
        assert_eq!(key(same), "case/same-again");
        let view = cases::view(app, Some(&city.leader), &id).await.unwrap();
        edited.title = form().title;
        cases::save(app, &city.leader, &id, &edited, view.case.revision)
            .await
            .unwrap();
        cases::review(app, &city.leader, &id, ("ask", ""))
            .await
            .unwrap();
        cases::answer(app, &city.chair, &id, ("agree", 3, ""))
            .await
            .unwrap();
        let hidden = cases::view(app, None, &id).await;
        assert_eq!(key(hidden), "not-found");
        cases::review(app, &city.leader, &id, ("publish", ""))
            .await
            .unwrap();

        // Everybody reads it, with its photo, and nothing of how it came about.
        let view = cases::view(app, None, &id).await.unwrap();
        assert_eq!(view.text.written.title, "师傅领进门，入会第一天");
        assert!(view.events.is_empty() && view.original.is_none());
        let shown = cases::photo(app, None, &id, 1).await.unwrap();
        assert_eq!(shown.0.name, "结对.png");
        assert!(
            cases::small_photo(app, None, &id, 1)
                .await
                .unwrap()
                .is_some()
        );
        for words in ["师徒", "shifu", "第一纺织"] {
            let query = CaseQuery {
                words: words.to_owned(),
                ..CaseQuery::default()
            };
            let found = cases::search(app, None, &query).await.unwrap();
            assert_eq!(found.total, 1, "{words}");
        }
        let beside = others().await;
        let first = &beside.get(CLAUSE).unwrap().first[0];
        assert_eq!((first.case, beside[CLAUSE].total), (id, 1));
        assert_eq!(first.unit_name, "第一纺织厂工会");
        // Never beside the own criterion.
        let own = homes::read(app, &city.chair, &city.union.id, None, 2016).await;
        assert!(own.unwrap().others.is_empty());

        // Who reads it from outside does nothing with it, and is told whose it is.
        let refused = cases::to_write(app, &their_chair, &id).await;
        assert_eq!(key(refused.map(|_| ())), "sharing/not-yours");
        let refused = cases::withdraw(app, &their_chair, &id, "").await;
        assert_eq!(key(refused), "sharing/not-yours");
        let words = ("别家的照片", "on");
        let refused = cases::add_photo(app, &their_chair, &id, vec![photo("x.png")], words).await;
        assert_eq!(key(refused), "sharing/not-yours");
        // On request it is gone at once.
        cases::withdraw(app, &city.chair, &id, "").await.unwrap();
        assert_eq!(key(cases::view(app, None, &id).await), "not-found");
        assert_eq!(key(cases::photo(app, None, &id, 1).await), "not-found");
        assert_eq!(others().await.get(CLAUSE), None);
        let mut tx = app.db.read().await.unwrap();
        let acts = "SELECT act FROM audit WHERE noun = 'case' ORDER BY id";
        let acts = store_testing::texts(&mut tx, acts).await;
        assert_eq!(
            acts,
            [
                "write-case",
                "add-case-photos",
                "hand-in-case",
                "recommend-case",
                "recommend-case",
                "edit-case",
                "ask-consent-to-case",
                "answer-for-case",
                "edit-case",
                "ask-consent-to-case",
                "answer-for-case",
                "publish-case",
                "take-down-case",
            ]
        );
    }
}

#[tokio::test]
async fn each_office_acts_in_its_turn_and_no_other() {
    for city in cities().await {
        let app = &city.city.app;
        let id = begun(&city).await;
        let clerk = city.city.actor("经办", &[(Role::Clerk, &city.union)]).await;
        assert_eq!(key(cases::hand_in(app, &clerk, &id).await), "not-your-role");
        let open = cases::to_write(app, &city.chair, &id).await.unwrap();
        assert_eq!(open.text.written.title, form().title);
        cases::hand_in(app, &city.chair, &id).await.unwrap();
        // Whose hands the text is in, and what to do, is told to each who might write on it.
        let form_of = async |actor: &Actor| cases::to_write(app, actor, &id).await;
        assert_eq!(
            told(form_of(&city.chair).await),
            "案例已经报送，现在由雕庄街道总工会办理，报送单位不能改。要改的，请联系雕庄街道总工会退回修改。"
        );
        assert_eq!(
            told(form_of(&city.leader).await),
            "案例还没有报到市总工会，现在由雕庄街道总工会办理，所以不能编辑。请等雕庄街道总工会推荐上来，或者联系它。"
        );
        let saved = cases::save(app, &city.leader, &id, &form(), 1).await;
        assert_eq!(key(saved), "case/not-editable");
        assert_eq!(key(form_of(&city.local).await), "not-your-role");
        let (_, stranger) = far_away(&city).await;
        assert_eq!(key(form_of(&stranger).await), "not-found");
        let early = cases::review(app, &city.approver, &id, ("recommend", "")).await;
        assert_eq!(
            told(early),
            "案例现在由雕庄街道总工会办理，您这一级还没有轮到或者已经办过。请联系雕庄街道总工会。"
        );
        let own = cases::review(app, &city.chair, &id, ("recommend", "")).await;
        assert_eq!(key(own), "not-your-role");
        let silent = cases::review(app, &city.local, &id, ("return", " ")).await;
        assert_eq!(key(silent), "case/no-reason");
        cases::review(app, &city.local, &id, ("return", "补上数字"))
            .await
            .unwrap();
        assert_eq!(state(app, &city.chair, &id).await, CaseState::Returned);
        let view = cases::view(app, Some(&city.chair), &id).await.unwrap();
        let mut again = form();
        again.effect = "一年里新职工入会 128 人。".to_owned();
        let stale = cases::save(app, &city.chair, &id, &again, view.case.revision - 1).await;
        assert_eq!(key(stale), "stale");
        cases::save(app, &city.chair, &id, &again, view.case.revision)
            .await
            .unwrap();
        cases::hand_in(app, &city.chair, &id).await.unwrap();
        // What was handed in first stays as it was.
        let texts = {
            let mut tx = app.db.read().await.unwrap();
            let texts = "SELECT effect FROM case_text ORDER BY number";
            store_testing::texts(&mut tx, texts).await
        };
        assert_eq!(
            texts,
            ["一年里新职工入会 120 人。", "一年里新职工入会 128 人。"]
        );
        let township = township_approver(&city).await;
        cases::review(app, &township, &id, ("leave", "和别家的一样"))
            .await
            .unwrap();
        assert_eq!(state(app, &city.chair, &id).await, CaseState::Left);
    }
}

#[tokio::test]
async fn numbers_and_names_of_people_and_photos_without_consent_are_refused() {
    for city in cities().await {
        let app = &city.city.app;
        city.city.person(&city.union, "王建国", Post::Worker).await;
        let begin = async |form: CaseForm| {
            let union = &city.union.id;
            let done = cases::begin(app, &city.chair, union, &form, (None, "")).await;
            key(done)
        };
        let mut with_number = form();
        with_number.method = "有事打 13812345678。".to_owned();
        assert_eq!(begin(with_number).await, "case/numbers");
        let mut named = form();
        named.effect = "王建国带了六个徒弟。".to_owned();
        assert_eq!(begin(named.clone()).await, "case/names-without-consent");
        named.names_agreed = "on".to_owned();
        let union = &city.union.id;
        let known = (None, "form 1");
        let id = cases::begin(app, &city.chair, union, &named, known)
            .await
            .unwrap();
        // The same form twice is one case.
        let twice = cases::begin(app, &city.chair, union, &named, known).await;
        assert_eq!(twice.unwrap(), id);
        let add = async |file: File, words: (&str, &str)| {
            key(cases::add_photo(app, &city.chair, &id, vec![file], words).await)
        };
        assert_eq!(
            add(photo("甲.png"), ("现场", "")).await,
            "case/photo-without-consent"
        );
        let pdf = File {
            name: "制度.pdf".to_owned(),
            bytes: b"%PDF-1.7\n%%EOF\n".as_slice().into(),
        };
        assert_eq!(add(pdf, ("现场", "on")).await, "evidence/not-a-photo");
        let words = ("现场", "on");
        cases::add_photo(app, &city.chair, &id, vec![photo("甲.png")], words)
            .await
            .unwrap();
        // It is used: the union's list of evidence keeps it.
        let listed = evidence::list(app, &city.chair, union).await.unwrap();
        let piece = listed.evidence[0].0.id;
        let removed = evidence::remove(app, &city.chair, union, &piece).await;
        assert_eq!(key(removed), "evidence/in-use");
        cases::remove_photo(app, &city.chair, &id, 1).await.unwrap();
        evidence::remove(app, &city.chair, union, &piece)
            .await
            .unwrap();
    }
}

/// A union of another district, with its chair.
async fn far_away(city: &RoundCity) -> (UnitPlace, Actor) {
    let district = city
        .city
        .unit(Some(&city.top), UnitKind::District, "钟楼区总工会")
        .await;
    let union = city
        .city
        .unit(Some(&district), UnitKind::Grassroots, "远处的厂工会")
        .await;
    let chair = city.city.actor("远处主席", &[(Role::Chair, &union)]).await;
    (union, chair)
}

#[tokio::test]
async fn a_topic_is_discussed_answered_and_summed_up_by_those_whom_it_is_for() {
    for city in cities().await {
        let app = &city.city.app;
        let topic = TopicForm {
            title: "怎样让新职工愿意入会".to_owned(),
            question: "你们做了什么？".to_owned(),
            kinds: vec!["grassroots".to_owned()],
            opens_on: "2016-10-20".to_owned(),
            closes_on: "2016-10-30".to_owned(),
            request_key: "topic 1".to_owned(),
            ..TopicForm::default()
        };
        let district = &city.district.id;
        let not_theirs = topics::open(app, &city.chair, district, &topic).await;
        assert_eq!(key(not_theirs), "not-found");
        let id = topics::open(app, &city.approver, district, &topic)
            .await
            .unwrap();
        let twice = topics::open(app, &city.approver, district, &topic).await;
        assert_eq!(twice.unwrap(), id);
        let township = city
            .city
            .actor("街道主席", &[(Role::Chair, &city.township)])
            .await;
        assert_eq!(key(topics::view(app, &township, &id, 1).await), "not-found");
        let of = (&id, &city.union.id);
        let said = topics::contribute(
            app,
            &city.chair,
            of,
            ("师傅带着入会", vec![photo("a.png")]),
            "",
        )
        .await
        .unwrap();
        let (other, their_chair) = city.another("第二纺织厂工会").await;
        topics::contribute(
            app,
            &their_chair,
            (&id, &other.id),
            ("先办卡", Vec::new()),
            "",
        )
        .await
        .unwrap();
        // Unions that it is for read each other, files too.
        let view = topics::view(app, &their_chair, &id, 1).await.unwrap();
        let texts: Vec<&str> = view.said.iter().map(|said| said.text.as_str()).collect();
        assert_eq!(texts, ["师傅带着入会", "先办卡"]);
        assert!(topics::file(app, &their_chair, &id, &said).await.is_ok());
        // Who sees what another unit is to do is told whose it is; who sees none of it finds nothing.
        let foreign = topics::retract(app, &their_chair, &id, &said).await;
        assert_eq!(
            told(foreign),
            "这件事由第一纺织厂工会办理，您所在的单位看得到，不能代办。要办的，请联系第一纺织厂工会。"
        );
        let (elsewhere, stranger) = far_away(&city).await;
        for reader in [&their_chair, &city.local, &city.leader] {
            let refused = topics::answer(app, reader, &id, &said, "好").await;
            assert_eq!(key(refused), "sharing/not-yours");
            let refused = topics::close(app, reader, &id, "好").await;
            assert_eq!(key(refused), "sharing/not-yours");
        }
        let auditor = city
            .city
            .actor("区里审计", &[(Role::Auditor, &city.district)])
            .await;
        let refused = topics::close(app, &auditor, &id, "好").await;
        assert_eq!(key(refused), "not-your-role");
        let hidden = topics::close(app, &stranger, &id, "好").await;
        assert_eq!(key(hidden), "not-found");
        let hidden = topics::retract(app, &stranger, &id, &said).await;
        assert_eq!(key(hidden), "not-found");
        // Of two unions that somebody answers for, the topic is for one.
        let both = Actor {
            roles: [their_chair.roles.clone(), stranger.roles.clone()].concat(),
            ..stranger.clone()
        };
        let of = (&id, &elsewhere.id);
        let refused = topics::contribute(app, &both, of, ("也说几句", Vec::new()), "").await;
        assert_eq!(key(refused), "sharing/not-for");
        topics::answer(app, &city.approver, &id, &said, "请写成案例")
            .await
            .unwrap();
        let again = topics::answer(app, &city.approver, &id, &said, "再说").await;
        assert_eq!(key(again), "topic/answered");
        let mine = view.said[1].id;
        topics::retract(app, &their_chair, &id, &mine)
            .await
            .unwrap();
        city.on(2016, 10, 31);
        let late = topics::contribute(
            app,
            &their_chair,
            (&id, &other.id),
            ("晚了", Vec::new()),
            "",
        )
        .await;
        assert_eq!(key(late), "topic/not-open");
        topics::close(app, &city.approver, &id, "师傅带最有用")
            .await
            .unwrap();
        let view = topics::view(app, &city.leader, &id, 1).await.unwrap();
        assert_eq!(view.total, 1);
        assert_eq!(view.topic.closing.unwrap().summary, "师傅带最有用");
    }
}

async fn called(app: &App, by: &Actor, unit: &UnitPlace, host: &str, places: &str) -> MeetingId {
    let form = MeetingForm {
        host: host.to_owned(),
        kind: "on-site".to_owned(),
        title: "班组小家现场会".to_owned(),
        agenda: "看两个班组小家。".to_owned(),
        place: "三楼会议室".to_owned(),
        held_on: "2016-11-08".to_owned(),
        begins: "14:00".to_owned(),
        book_until: "2016-11-04".to_owned(),
        places: places.to_owned(),
        each: "2".to_owned(),
        ..MeetingForm::default()
    };
    meetings::call(app, by, &unit.id, &form).await.unwrap()
}

#[tokio::test]
async fn who_waits_moves_up_and_who_came_is_marked_by_the_host_and_judged_by_nobody() {
    for city in cities().await {
        let app = &city.city.app;
        let host = city.union.name.as_str();
        let id = called(app, &city.approver, &city.district, host, "1").await;
        let (first, first_chair) = city.another("第二纺织厂工会").await;
        let (second, second_chair) = city.another("第三纺织厂工会").await;
        let book = async |chair: &Actor, unit: &UnitPlace, name: &str| {
            meetings::book(app, chair, (&id, &unit.id), name).await
        };
        assert_eq!(
            book(&first_chair, &first, "陈静").await.unwrap(),
            BookingState::Booked
        );
        assert_eq!(
            book(&second_chair, &second, "李娜").await.unwrap(),
            BookingState::Waiting
        );
        assert_eq!(
            key(book(&second_chair, &second, "李娜").await),
            "meeting/twice"
        );
        // A union sees its own; the host and whoever called it see all.
        let names = async |actor: &Actor| -> Vec<String> {
            let view = meetings::view(app, actor, &id).await.unwrap();
            view.bookings.into_iter().map(|one| one.name).collect()
        };
        assert_eq!(names(&second_chair).await, ["李娜"]);
        assert_eq!(names(&city.chair).await, ["陈静", "李娜"]);
        let booking: BookingId = meetings::view(app, &first_chair, &id)
            .await
            .unwrap()
            .bookings[0]
            .id;
        let foreign = meetings::cancel_booking(app, &second_chair, &id, &booking).await;
        assert_eq!(key(foreign), "not-found");
        // The host reads all bookings, and cancels none of another union's.
        let by_host = meetings::cancel_booking(app, &city.chair, &id, &booking).await;
        assert_eq!(key(by_host), "sharing/not-yours");
        let (far, stranger) = far_away(&city).await;
        let form = MeetingForm::default();
        for reader in [&city.chair, &city.local, &city.leader] {
            let refused = meetings::form_of(app, reader, &id).await;
            assert_eq!(key(refused), "sharing/not-yours");
            let refused = meetings::change(app, reader, &id, &form).await;
            assert_eq!(key(refused), "sharing/not-yours");
            let refused = meetings::cancel(app, reader, &id, "不开了").await;
            assert_eq!(key(refused), "sharing/not-yours");
        }
        let hidden = meetings::cancel(app, &stranger, &id, "不开了").await;
        assert_eq!(key(hidden), "not-found");
        let both = Actor {
            roles: [first_chair.roles.clone(), stranger.roles.clone()].concat(),
            ..stranger.clone()
        };
        let refused = meetings::book(app, &both, (&id, &far.id), "陈静").await;
        assert_eq!(key(refused), "sharing/not-for");
        meetings::cancel_booking(app, &first_chair, &id, &booking)
            .await
            .unwrap();
        let view = meetings::view(app, &city.chair, &id).await.unwrap();
        assert_eq!((view.meeting.taken, view.waiting), (1, 0));
        let moved = view.bookings[0].id;
        assert_eq!(view.bookings[0].state, BookingState::Booked);

        // Two days before they are reminded, once.
        city.on(2016, 11, 6);
        let reminded = async || {
            meetings::remind_due(app).await.unwrap();
            let mut tx = app.db.read().await.unwrap();
            let told = "SELECT account_id FROM message WHERE kind = 'meeting-near'";
            store_testing::texts(&mut tx, told).await.len()
        };
        let before = reminded().await;
        assert!(before > 0);
        assert_eq!(reminded().await, before);

        let early = meetings::mark(app, &city.chair, &id, &[moved]).await;
        assert_eq!(key(early), "meeting/not-yet");
        city.on(2016, 11, 8);
        let judged = async || {
            let sheet = sheets::read(app, &second_chair, &second.id, None, 2016).await;
            let home = homes::read(app, &second_chair, &second.id, None, 2016).await;
            format!("{:?} {:?}", sheet.unwrap().facts, home.unwrap().judgement)
        };
        let before = judged().await;
        assert_eq!(
            key(meetings::mark(app, &second_chair, &id, &[moved]).await),
            "sharing/not-yours"
        );
        let came = meetings::mark(app, &city.chair, &id, &[moved]).await;
        assert_eq!(came.unwrap(), 1);
        // That somebody came is no fact about their union.
        assert_eq!(judged().await, before);
        let undone = meetings::mark(app, &city.approver, &id, &[]).await;
        assert_eq!(undone.unwrap(), 0);
    }
}

#[tokio::test]
async fn the_last_place_is_given_once_to_two_who_book_at_the_same_time() {
    for nodes in Nodes::begin().await {
        let (here, there, city) = (nodes.here(), &nodes.there, &nodes.city);
        let host = city.union.name.clone();
        for round in 0..4 {
            let id = called(here, &city.approver, &city.district, &host, "2").await;
            let mut unions = Vec::new();
            for number in 0..4 {
                let name = format!("{number}{}", nodes.name("厂"));
                let union = city
                    .city
                    .unit(Some(&city.township), UnitKind::Grassroots, &name)
                    .await;
                let chair = city.city.actor("主席", &[(Role::Chair, &union)]).await;
                unions.push((union, chair));
            }
            let book = async |app: &App, one: &(UnitPlace, Actor)| {
                let of = (&id, &one.0.id);
                meetings::book(app, &one.1, of, "陈静").await.unwrap()
            };
            let (first, second, third, fourth) = tokio::join!(
                book(here, &unions[0]),
                book(there, &unions[1]),
                book(here, &unions[2]),
                book(there, &unions[3]),
            );
            let booked = [first, second, third, fourth];
            let booked = booked
                .iter()
                .filter(|state| **state == BookingState::Booked);
            assert_eq!(booked.count(), 2, "round {round}");
            let view = meetings::view(here, &city.approver, &id).await.unwrap();
            assert_eq!((view.meeting.taken, view.waiting), (2, 2));
            let numbers: BTreeSet<i64> = view.bookings.iter().map(|one| one.number).collect();
            assert_eq!(numbers, (1..=4).collect());
        }
    }
}
