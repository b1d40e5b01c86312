//! The big story through the functions, on both engines: a union climbs from qualified to model in 2016 and to trusted in 2017, past
//! a return for correction, a quota and other unions' vetoes. The browser's story tells the same with pages.

#[path = "story/acts.rs"]
mod acts;

use acts::{
    decide, draft, endorse, events, expected, find, log, may_apply, missing, photo, read, roll,
    submit, told, typed,
};
use jianjia_app::{
    core::seal as seals,
    exchange::verification,
    round::{
        application::{self as applications, Expected},
        naming as namings, recommendation as recommendations, review as reviews, veto as vetoes,
    },
    year::{activity as activities, evidence, sheet as sheets},
};
use jianjia_demo::testing::{
    polling,
    story::{Story, months},
};
use jianjia_domain::{
    core::ids::ApplicationId,
    round::{
        application::{CriterionReason, EventAct, ReturnTo, State},
        naming::Fate,
        review::Outcome,
        veto::VetoInput,
    },
    year::{activity::ActivityInput, evidence::Target, statement::Confirm},
};
use jianjia_standard::judgement::MayApply;
use jianjia_store::testing::both;
use jiff::civil::date;

#[tokio::test]
async fn a_union_climbs_from_qualified_to_trusted() {
    for database in both().await {
        let story = Story::begin(database).await;
        let application = the_chair_confirms_completes_and_applies(&story).await;
        the_district_returns_it_and_names_it_model(&story, &application).await;
        story.city.app.clock.set(date(2017, 10, 10));
        story.a_year_of_the_others().await;
        let (ours, theirs) = two_unions_apply_for_trusted(&story).await;
        vetoes_bar_unions_and_chairs_but_not_workers(&story).await;
        the_district_recommends_within_its_quota(&story, &ours, &theirs).await;
        the_city_names_it_and_everybody_can_look_it_up(&story, &ours).await;
        nothing_is_lost_or_changed(&story).await;
    }
}

async fn the_chair_confirms_completes_and_applies(story: &Story) -> ApplicationId {
    let (app, chair, union) = (
        &story.city.app,
        &story.hengfeng_chair_account,
        &story.hengfeng,
    );
    // Last year's answers are offered; one act confirms them all, and its repetition changes nothing.
    let sheet = sheets::read(app, chair, &union.id, None, 2016)
        .await
        .unwrap();
    assert_eq!(sheet.offers.len(), 64);
    let confirm = sheets::SayInput {
        confirm: Confirm::All,
        request_key: "confirm-all".to_owned(),
        ..Default::default()
    };
    let saved = sheets::say(app, chair, &union.id, None, 2016, &confirm).await;
    assert_eq!(saved.unwrap().answers, 61);
    let again = sheets::say(app, chair, &union.id, None, 2016, &confirm).await;
    assert_eq!(again.unwrap().answers, 0);

    assert_eq!(
        missing(story, chair, union, 2016, "model-home", None).await,
        [
            "精准帮扶和工会卡90%（M5a），还差 12 名会员办卡",
            "每月有活动（M5c），还差 1 次活动（2016年9月）",
            "满意度85%（M5d），还没有会员民主测评的结果",
        ]
    );
    // Applying all the same is refused, and the draft stays.
    let draft = draft(story, chair, union, "model-home", 2016, None).await;
    let early = applications::submit(app, chair, &draft, &expected(story, &draft).await).await;
    assert_eq!(
        told(early),
        "现在还不能申报模范职工之家：精准帮扶和工会卡90%（M5a），还差 12 名会员办卡；每月有活动（M5c），还差 1 次活动（2016年9月）；满意度85%（M5d），还没有会员民主测评的结果。补齐后再来，其他内容都已保留。"
    );

    let activity = ActivityInput {
        held_on: "2016-09-22".to_owned(),
        kind: "culture".to_owned(),
        title: "迎国庆职工拔河比赛".to_owned(),
        participants: "86".to_owned(),
        note: String::new(),
        with_others: false,
    };
    let photos = vec![photo("拔河.png")];
    activities::log(app, chair, &union.id, &activity, photos, &[], "tug-of-war")
        .await
        .unwrap();
    let cards = sheets::SayInput {
        typed: typed(&[("cards_issued", "166"), ("cards_used", "158")]),
        seen: sheets::read(app, chair, &union.id, None, 2016)
            .await
            .unwrap()
            .seen(),
        ..Default::default()
    };
    let saved = sheets::say(app, chair, &union.id, None, 2016, &cards).await;
    assert_eq!(saved.unwrap().answers, 2);
    assert_eq!(
        missing(story, chair, union, 2016, "model-home", None).await,
        ["满意度85%（M5d），还没有会员民主测评的结果"]
    );

    // 168 of 180 members vote, three of them on paper.
    let poll = polling::open(app, chair, union, 2016, 180).await;
    poll.cast(app, 0, [118, 32, 12, 3]).await;
    poll.finish(app, chair, [2, 1, 0, 0]).await;
    assert_eq!(
        missing(story, chair, union, 2016, "model-home", None).await,
        [""; 0]
    );

    let submitted = submit(story, chair, &draft).await.unwrap();
    assert_eq!(submitted.state, State::UnderReview { step: 0 });
    let way: Vec<&str> = submitted
        .route
        .iter()
        .map(|step| step.unit.name.as_str())
        .collect();
    assert_eq!(way, ["兰陵街道总工会", "天宁区总工会"]);
    draft
}

async fn the_district_returns_it_and_names_it_model(story: &Story, id: &ApplicationId) {
    let app = &story.city.app;
    app.clock.set(date(2016, 10, 24));
    endorse(story, id).await;

    app.clock.set(date(2016, 11, 8));
    let reviewer = &story.district_reviewer;
    let seen_by_both = expected(story, id).await;
    find(
        story,
        id,
        "M2a",
        Outcome::Rejected,
        "竞赛台账缺第三季度的记录。",
    )
    .await;
    let back = reviews::ReturnInput {
        to: ReturnTo::Applicant,
        opinion: "其余都好，补齐台账后再报。".to_owned(),
        reasons: vec![CriterionReason {
            clause: "M2a".to_owned(),
            note: "请补第三季度劳动竞赛的记录。".to_owned(),
        }],
        expected: seen_by_both.clone(),
    };
    let returned = reviews::send_back(app, reviewer, id, &back).await.unwrap();
    assert_eq!(returned.state, State::Returned { step: 1 });
    // Another reviewer had the same page open.
    let other_page = Expected {
        request_key: "the other page".to_owned(),
        ..seen_by_both
    };
    let late = decide(story, id, other_page).await;
    assert_eq!(
        told(late),
        "天宁区总工会的冯晓燕已在 2016-11-08 09:00 办理（退回补正），您这次的办理没有生效；请看最新情况再定。"
    );

    app.clock.set(date(2016, 11, 12));
    let (chair, union) = (&story.hengfeng_chair_account, &story.hengfeng);
    let view = applications::view(app, chair, id).await.unwrap();
    let told_why = view.events.last().unwrap();
    assert_eq!(told_why.reasons, back.reasons);
    let target = Target::read("fact:contests_recorded").unwrap();
    evidence::upload(
        app,
        chair,
        &union.id,
        vec![photo("第三季度台账.png")],
        Some((2016, target)),
    )
    .await
    .unwrap();
    let revision = expected(story, id).await.revision;
    applications::edit(app, chair, id, "已补第三季度竞赛记录。", revision)
        .await
        .unwrap();
    // Meanwhile October is over and nobody logged anything in it: the day of the first submission counts.
    let handed_in = expected(story, id).await;
    // A double click hands it in once.
    let first = applications::submit(app, chair, id, &handed_in)
        .await
        .unwrap();
    let second = applications::submit(app, chair, id, &handed_in)
        .await
        .unwrap();
    assert_eq!(first, second);
    assert_eq!(first.state, State::UnderReview { step: 1 });
    // For the next year it does count.
    log(story, date(2016, 10, 20)).await;

    app.clock.set(date(2016, 11, 20));
    let unconfirmed = decide(story, id, expected(story, id).await).await;
    assert_eq!(
        told(unconfirmed),
        "“常州恒丰纺织有限公司工会”按已核实的情况还达不到模范职工之家：劳动竞赛和创新（M2a）审核不认可：竞赛台账缺第三季度的记录。可以退回补正，或者不予通过并写明理由。"
    );
    find(story, id, "M2a", Outcome::Confirmed, "").await;
    let named = decide(story, id, expected(story, id).await).await.unwrap();
    assert_eq!(
        named.state,
        State::Named {
            step: 1,
            at: app.now()
        }
    );
    use EventAct::{Drafted, Endorsed, Named, Resubmitted, Returned, Submitted};
    assert_eq!(
        events(story, id).await,
        [Drafted, Submitted, Endorsed, Returned, Resubmitted, Named]
    );
    assert_eq!(
        roll(story, "model-home").await,
        [(
            "常州恒丰纺织有限公司工会".to_owned(),
            String::new(),
            2016,
            "常模范家〔2016〕1号".to_owned()
        )]
    );
}

async fn two_unions_apply_for_trusted(story: &Story) -> (ApplicationId, ApplicationId) {
    let (app, chair, union) = (
        &story.city.app,
        &story.hengfeng_chair_account,
        &story.hengfeng,
    );
    let confirm = sheets::SayInput {
        confirm: Confirm::All,
        ..Default::default()
    };
    sheets::say(app, chair, &union.id, None, 2017, &confirm)
        .await
        .unwrap();
    let seen = sheets::read(app, chair, &union.id, None, 2017)
        .await
        .unwrap()
        .seen();
    // The four strengths are asked from now on; ninety per cent of members are not enough any more.
    let mut answers = typed(&[
        ("members", "185"),
        ("cards_issued", "175"),
        ("cards_used", "170"),
        ("hardship_workers", "6"),
        ("hardship_helped", "6"),
        ("hardship_well_off", "6"),
    ]);
    for strength in [
        "workforce_plan",
        "five_qualities",
        "city_honour_raised",
        "good_repute",
        "recognised",
        "unit_comparison_ahead",
        "help_system",
        "distinctive_work",
        "city_reported",
    ] {
        answers.insert(strength.to_owned(), "yes".to_owned());
    }
    let say = sheets::SayInput {
        typed: answers,
        seen,
        ..Default::default()
    };
    sheets::say(app, chair, &union.id, None, 2017, &say)
        .await
        .unwrap();
    for day in months(date(2016, 11, 8), 12) {
        log(story, day).await;
    }
    let poll = polling::open(app, chair, union, 2017, 185).await;
    poll.cast(app, 0, [150, 20, 8, 2]).await;
    poll.finish(app, chair, [0; 4]).await;
    assert_eq!(
        missing(story, chair, union, 2017, "trusted-home", None).await,
        ["口碑威信、入会率95%（T2），再发展 5 名会员"]
    );
    let say = sheets::SayInput {
        typed: typed(&[("members", "190")]),
        seen: sheets::read(app, chair, &union.id, None, 2017)
            .await
            .unwrap()
            .seen(),
        ..Default::default()
    };
    sheets::say(app, chair, &union.id, None, 2017, &say)
        .await
        .unwrap();

    let ours = draft(story, chair, union, "trusted-home", 2017, None).await;
    submit(story, chair, &ours).await.unwrap();
    let their_chair = &story.chenguang_chair_account;
    let theirs = draft(
        story,
        their_chair,
        &story.chenguang,
        "trusted-home",
        2017,
        None,
    )
    .await;
    submit(story, their_chair, &theirs).await.unwrap();
    app.clock.set(date(2017, 10, 27));
    endorse(story, &ours).await;
    endorse(story, &theirs).await;
    (ours, theirs)
}

async fn vetoes_bar_unions_and_chairs_but_not_workers(story: &Story) {
    let app = &story.city.app;
    for (union, clause, source) in [
        (&story.yuandong, "V1", "天宁区人力资源和社会保障局监察决定"),
        (&story.antai, "V9", "天宁区安全生产监督管理局通报"),
    ] {
        let veto = VetoInput {
            year: 2017,
            clause: clause.to_owned(),
            source: source.to_owned(),
            note: String::new(),
        };
        vetoes::record(app, &story.district_reviewer, &union.id, &veto)
            .await
            .unwrap();
    }
    let chair = &story.yuandong_chair_account;
    let home = draft(story, chair, &story.yuandong, "trusted-home", 2017, None).await;
    assert_eq!(
        told(submit(story, chair, &home).await),
        "现在还不能申报信赖职工之家：本年度有“拖欠工资”的情形（V1），不得申报。否决情形当年有效，没有的年度可以再申报；登记有误的，请联系登记它的上级工会解除。内容都已保留。"
    );

    let chair = &story.antai_chair_account;
    let of_chair = Some(story.antai_chair);
    let kin = draft(story, chair, &story.antai, "trusted-kin", 2017, of_chair).await;
    assert_eq!(
        told(submit(story, chair, &kin).await),
        "现在还不能申报职工最可信赖娘家人：本年度有“安全事故超控制指标”的情形（V9），不得申报。否决情形当年有效，没有的年度可以再申报；登记有误的，请联系登记它的上级工会解除。内容都已保留。"
    );
    let of_worker = Some(story.antai_worker);
    let may = may_apply(story, &story.antai, of_worker, "trusted-kin").await;
    assert_eq!(
        may,
        MayApply {
            allowed: true,
            because: vec![]
        }
    );
    let kin = draft(story, chair, &story.antai, "trusted-kin", 2017, of_worker).await;
    let submitted = submit(story, chair, &kin).await.unwrap();
    assert_eq!(submitted.state, State::UnderReview { step: 0 });
}

async fn the_district_recommends_within_its_quota(
    story: &Story,
    ours: &ApplicationId,
    theirs: &ApplicationId,
) {
    let app = &story.city.app;
    let approver = &story.district_approver;
    let district = &story.district.id;
    let recommend = async |chosen: &[&ApplicationId]| {
        let mut with_revisions = Vec::new();
        for id in chosen {
            with_revisions.push((**id, expected(story, id).await.revision));
        }
        let key = format!("recommend-{}-{}", chosen.len(), chosen[0]);
        let title = "trusted-home";
        recommendations::recommend(app, approver, 2017, title, district, &with_revisions, &key)
            .await
    };
    app.clock.set(date(2017, 11, 15));
    for id in [ours, theirs] {
        reviews::confirm_rest(app, &story.district_reviewer, id, "材料齐全，已核对")
            .await
            .unwrap();
    }
    assert_eq!(
        told(recommend(&[ours]).await),
        "市总工会还没有下达您单位的信赖职工之家推荐名额，不能推荐；请与市总工会联系。"
    );
    let place = recommendations::PlaceInput {
        federation: *district,
        title: "trusted-home".to_owned(),
        seen: 0,
        places: "1".to_owned(),
    };
    recommendations::set_places(app, &story.city_approver, 2017, &[place])
        .await
        .unwrap();
    assert_eq!(
        told(recommend(&[ours, theirs]).await),
        "信赖职工之家的推荐名额是 1 个，已推荐 0 个，还可推荐 1 个，这次选了 2 个，超出了名额（条款 P3 择优推荐）；请减少后再推荐。"
    );
    assert_eq!(recommend(&[ours]).await.unwrap().len(), 1);
    assert_eq!(
        told(recommend(&[theirs]).await),
        "信赖职工之家的推荐名额是 1 个，已推荐 1 个，还可推荐 0 个，这次选了 1 个，超出了名额（条款 P3 择优推荐）；请减少后再推荐。"
    );
    assert_eq!(
        read(story, ours).await.state,
        State::UnderReview { step: 2 }
    );
    assert_eq!(
        read(story, theirs).await.state,
        State::UnderReview { step: 1 }
    );
}

async fn the_city_names_it_and_everybody_can_look_it_up(story: &Story, ours: &ApplicationId) {
    let app = &story.city.app;
    let leader = &story.city_approver;
    app.clock.set(date(2018, 1, 15));
    let title = "trusted-home";
    let preview = namings::preview(app, leader, 2017, title, &[*ours])
        .await
        .unwrap();
    let fates: Vec<Fate> = preview.lines.iter().map(|line| line.fate.clone()).collect();
    let number = "常信赖家〔2017〕1号".to_owned();
    assert_eq!(
        fates,
        [Fate::Named {
            number: number.clone()
        }]
    );
    let confirm = namings::ConfirmInput {
        seen: preview.lines.iter().map(|line| line.token()).collect(),
        document_number: "常工发〔2018〕3号".to_owned(),
        request_key: "naming-of-2017".to_owned(),
    };
    let named = namings::confirm(app, leader, 2017, title, &confirm)
        .await
        .unwrap();
    assert_eq!(named.named, ["常州恒丰纺织有限公司工会"]);
    let again = namings::confirm(app, leader, 2017, title, &confirm).await;
    assert_eq!(again.unwrap(), named);
    assert_eq!(
        read(story, ours).await.state,
        State::Named {
            step: 2,
            at: app.now()
        }
    );
    assert_eq!(
        roll(story, title).await,
        [
            (
                "常州恒丰纺织有限公司工会".to_owned(),
                String::new(),
                2017,
                number
            ),
            (
                "常州安泰机械有限公司工会".to_owned(),
                String::new(),
                2016,
                String::new()
            ),
        ]
    );
    // The public reads people's names masked.
    let people: Vec<String> = roll(story, "outstanding-worker")
        .await
        .into_iter()
        .map(|(_, person, _, _)| person)
        .collect();
    assert_eq!(people, ["王**", "李**"]);
}

async fn nothing_is_lost_or_changed(story: &Story) {
    let app = &story.city.app;
    assert!(seals::seal(app).await.unwrap() > 0);
    let verified = verification::verify(app).await.unwrap();
    assert_eq!(verified.faults, Vec::<String>::new());
    assert_eq!(verified.chain.breaks, vec![]);
    assert_eq!(verified.files, 2);
    let act = async |act: &str| {
        let mut tx = app.db.read().await.unwrap();
        let row: (i64,) = sqlx::query_as("SELECT COUNT(*) FROM audit WHERE act = $1")
            .bind(act)
            .fetch_one(&mut *tx)
            .await
            .unwrap();
        row.0
    };
    assert_eq!(act("submit-application").await, 5);
    assert_eq!(act("recommend-application").await, 1);
    assert_eq!(act("begin-honour").await, 2);
}
