//! Quotas with structure: proposed, previewed, released, ranked with reserves, returned, moved on, taken up; and what a list is made up of.

use std::sync::Arc;

use jianjia_app::{
    core::{app::App, standard::Standards},
    round::{
        application as applications,
        recommendation::{self as recommendations, MoveInput, PlaceInput, Ranking, ShareInput},
        review::{self as reviews, RejectInput},
    },
};
use jianjia_domain::{
    core::{
        audit::object::Object,
        ids::ApplicationId,
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
    round::{
        application::EventAct,
        structure::{Holding, Tally},
    },
};
use jianjia_store::round::application as store;

use crate::{
    city::{RoundCity, cities},
    key, told,
};

const TITLE: &str = "trusted-home";

/// Candidates of the township that the district has to choose from, looked through, the first ranked first.
async fn candidates(city: &RoundCity, names: &[&str]) -> Vec<ApplicationId> {
    let mut ids = Vec::new();
    for name in names {
        let (union, chair) = city.another(name).await;
        city.holds(&union, None, "model-home", 2015).await;
        let id = city.applied(&chair, &union, TITLE).await.id;
        city.endorsed(&id).await;
        city.looked_through(&id).await;
        ids.push(id);
    }
    ids
}

async fn ranked(city: &RoundCity, ids: &[ApplicationId]) {
    let numbers = ids.iter().zip(1..);
    let numbers = numbers.map(|(id, rank)| (*id, rank.to_string())).collect();
    let ranking = Ranking::Numbers(numbers);
    let district = &city.district.id;
    recommendations::rank(
        &city.city.app,
        &city.approver,
        2016,
        TITLE,
        district,
        &ranking,
    )
    .await
    .unwrap();
}

async fn recommended(city: &RoundCity, ids: &[ApplicationId]) {
    let mut chosen = Vec::new();
    for id in ids {
        chosen.push((*id, city.read(id).await.revision));
    }
    let (app, district) = (&city.city.app, &city.district.id);
    recommendations::recommend(app, &city.approver, 2016, TITLE, district, &chosen, "r")
        .await
        .unwrap();
}

async fn takes_up(
    city: &RoundCity,
    id: &ApplicationId,
) -> Result<jianjia_domain::round::application::Application, jianjia_app::core::error::Error> {
    let expected = city.now(id).await;
    let of = (2016, TITLE, &city.district.id);
    recommendations::take_up(&city.city.app, &city.approver, of, id, &expected).await
}

/// The city turns a candidate down.
async fn turned_down(city: &RoundCity, id: &ApplicationId) {
    let input = RejectInput {
        reason: "被查实拖欠工资".to_owned(),
        reasons: Vec::new(),
        expected: city.now(id).await,
    };
    reviews::reject(&city.city.app, &city.leader, id, &input)
        .await
        .unwrap();
}

fn place(federation: &UnitPlace, seen: i64, places: &str) -> PlaceInput {
    PlaceInput {
        federation: federation.id,
        title: TITLE.to_owned(),
        seen,
        places: places.to_owned(),
    }
}

#[tokio::test]
async fn places_are_proposed_by_the_register_changed_previewed_and_released() {
    for city in cities().await {
        let app = &city.city.app;
        let other = city
            .city
            .unit(Some(&city.top), UnitKind::District, "钟楼区总工会")
            .await;
        let member = city
            .city
            .actor("区里孙部长", &[(Role::Approver, &other)])
            .await;
        // Three unions in the first district (one was there), one in the other.
        for name in ["甲厂工会", "乙厂工会"] {
            city.another(name).await;
        }
        city.city
            .unit(Some(&other), UnitKind::Grassroots, "丙厂工会")
            .await;
        let propose = async |who: &Actor, total: &str| {
            let totals = [(TITLE.to_owned(), total.to_owned())];
            recommendations::propose(app, who, 2016, &totals).await
        };
        let proposals = propose(&city.leader, "6").await.unwrap();
        let shares: Vec<(&str, i64, i64)> = proposals[0]
            .shares
            .iter()
            .filter(|share| share.figure > 0)
            .map(|share| (share.federation.name.as_str(), share.figure, share.places))
            .collect();
        assert_eq!(shares, [("天宁区总工会", 3, 5), ("钟楼区总工会", 1, 1)]);
        assert_eq!(
            told(propose(&city.leader, "1").await),
            "按标准每个推荐单位至少 1 个，2 个单位要 2 个，总数 1 个不够；请把总数调大，或者直接填写名额。"
        );
        assert_eq!(key(propose(&city.approver, "6").await), "not-found");
        assert_eq!(
            key(propose(&city.leader, "许多").await),
            "quota/not-a-number"
        );
        // Changed by hand, and previewed: nothing is kept.
        let inputs = [place(&city.district, 0, "4"), place(&other, 0, "2")];
        let preview = recommendations::preview_places(app, &city.leader, 2016, &inputs)
            .await
            .unwrap();
        let lines: Vec<(&str, i64, &str)> = preview
            .lines
            .iter()
            .map(|line| (line.federation.name.as_str(), line.now, line.after.as_str()))
            .collect();
        assert_eq!(lines, [("天宁区总工会", 0, "4"), ("钟楼区总工会", 0, "2")]);
        let sums: Vec<(i64, i64)> = preview.sums.iter().map(|sum| (sum.1, sum.2)).collect();
        assert_eq!(
            (sums.as_slice(), preview.is_broken()),
            (&[(0, 6)][..], false)
        );
        let table = recommendations::table(app, &city.leader, 2016)
            .await
            .unwrap();
        assert_eq!(table.in_all(0), 0);
        recommendations::set_places(app, &city.leader, 2016, &inputs)
            .await
            .unwrap();
        let table = recommendations::table(app, &city.leader, 2016)
            .await
            .unwrap();
        assert_eq!(table.in_all(0), 6);
        // What breaks is told before.
        let wrong = [place(&city.district, 4, "很多"), place(&other, 1, "3")];
        let preview = recommendations::preview_places(app, &city.leader, 2016, &wrong)
            .await
            .unwrap();
        let breaks: Vec<&str> = preview
            .lines
            .iter()
            .filter_map(|line| Some(line.breaks.as_ref()?.key()))
            .collect();
        assert_eq!(breaks, ["recommendation/not-a-number", "stale"]);
        let seen = recommendations::list(app, &member, 2016, TITLE, None)
            .await
            .unwrap();
        assert_eq!(seen.places, 2);
    }
}

#[tokio::test]
async fn a_reserve_moves_up_when_the_city_turns_a_candidate_down_in_the_order_of_the_ranks() {
    for city in cities().await {
        let app = &city.city.app;
        let names = ["甲厂工会", "乙厂工会", "丙厂工会", "丁厂工会"];
        let ids = candidates(&city, &names).await;
        city.gives_places(0, 1).await;
        ranked(&city, &ids).await;
        let list = async || {
            recommendations::list(app, &city.approver, 2016, TITLE, None)
                .await
                .unwrap()
        };
        let reserves = async || -> Vec<ApplicationId> {
            let list = list().await;
            let reserves = list.reserves().into_iter();
            reserves.map(|one| one.application.id).collect()
        };
        assert_eq!(reserves().await, ids[1..]);
        recommended(&city, &ids[..1]).await;
        assert_eq!(
            key(takes_up(&city, &ids[1]).await),
            "recommendation/no-place-free"
        );
        let district = &city.district.id;
        recommendations::close(app, &city.approver, 2016, TITLE, district)
            .await
            .unwrap();
        assert_eq!(reserves().await, ids[1..]);
        turned_down(&city, &ids[0]).await;
        assert_eq!(list().await.free, 1);
        // After the time for recommending, as long as the city names.
        city.on(2017, 2, 10);
        assert_eq!(
            told(takes_up(&city, &ids[2]).await),
            "递补按名次进行，排在前面的是“乙厂工会”，并且符合条件；请先递补它（条款 P3 择优推荐）。"
        );
        // The next one has fallen under a veto meanwhile and is passed over.
        let second = city.read(&ids[1]).await;
        let union = UnitPlace {
            id: second.unit.id,
            kind: UnitKind::Grassroots,
            name: second.unit.name.clone(),
            path: second.unit.path.clone(),
        };
        city.vetoed(&union, "V8").await;
        assert_eq!(
            key(takes_up(&city, &ids[1]).await),
            "application/falls-short"
        );
        let taken = takes_up(&city, &ids[2]).await.unwrap();
        assert_eq!(taken.recommended_by, Some(city.district.id));
        let mut tx = app.db.read().await.unwrap();
        let events = store::events(&mut tx, &ids[2]).await.unwrap();
        drop(tx);
        assert_eq!(
            events.last().map(|event| event.act),
            Some(EventAct::TakenUp)
        );
        assert_eq!(
            key(takes_up(&city, &ids[3]).await),
            "recommendation/no-place-free"
        );
    }
}

#[tokio::test]
async fn places_that_came_back_move_on_and_the_other_federations_reserve_takes_them() {
    for city in cities().await {
        let app = &city.city.app;
        let other = city
            .city
            .unit(Some(&city.top), UnitKind::District, "钟楼区总工会")
            .await;
        let theirs = city
            .city
            .actor("区里孙部长", &[(Role::Approver, &other)])
            .await;
        let ids = candidates(&city, &["甲厂工会", "乙厂工会"]).await;
        let inputs = [place(&city.district, 0, "1"), place(&other, 0, "2")];
        recommendations::set_places(app, &city.leader, 2016, &inputs)
            .await
            .unwrap();
        ranked(&city, &ids).await;
        recommended(&city, &ids[..1]).await;
        let (ours_id, other_id) = (&city.district.id, &other.id);
        for (who, id) in [(&city.approver, ours_id), (&theirs, other_id)] {
            recommendations::close(app, who, 2016, TITLE, id)
                .await
                .unwrap();
        }
        let input = |places: &str, reason: &str| MoveInput {
            title: TITLE.to_owned(),
            from: Some(other.id),
            to: Some(city.district.id),
            places: places.to_owned(),
            reason: reason.to_owned(),
        };
        let preview = async |input: &MoveInput| {
            recommendations::preview_move(app, &city.leader, 2016, input).await
        };
        assert_eq!(
            told(preview(&input("3", "")).await),
            "请写明调剂的理由，它和调剂一起留在审计记录里。这个单位退回、还没有调剂出去的名额是 2 个，请填 1 到 2 的整数。"
        );
        let wanted = input("1", "天宁区候选多");
        let planned = preview(&wanted).await.unwrap();
        assert_eq!(planned.reserves, ["乙厂工会"]);
        let after = (planned.from.after.unmoved(), planned.to.after.in_hand());
        assert_eq!(after, (1, 2));
        let seen = planned.seen();
        let go =
            async || recommendations::move_places(app, &city.leader, 2016, &wanted, seen).await;
        assert_eq!(go().await.unwrap().places, 1);
        // The same form once more finds what it did itself.
        assert_eq!(key(go().await), "stale");
        let foreign = recommendations::move_places(app, &city.approver, 2016, &wanted, seen).await;
        assert_eq!(key(foreign), "not-found");
        let table = recommendations::table(app, &city.leader, 2016)
            .await
            .unwrap();
        assert_eq!((table.in_all(0), table.unmoved[0]), (3, 1));
        let moves: Vec<(i64, &str)> = table
            .moves
            .iter()
            .map(|moved| (moved.places, moved.reason.as_str()))
            .collect();
        assert_eq!(moves, [(1, "天宁区候选多")]);
        takes_up(&city, &ids[1]).await.unwrap();
        let (year, title) = (2016, TITLE.to_owned());
        let federation = city.district.id;
        let places = Object::Quota {
            year,
            title: title.clone(),
            federation,
        };
        // Released, and moved here.
        assert_eq!(trail(app, places).await, 2);
        // Ranked, closed by both, taken up.
        let lists = Object::Recommendation { year, title };
        assert_eq!(trail(app, lists).await, 4);
    }
}

/// How many lines of the trail there are on something.
async fn trail(app: &App, object: Object) -> usize {
    let mut tx = app.db.read().await.unwrap();
    let lines = jianjia_store::core::audit::of(&mut tx, &object).await;
    lines.unwrap().len()
}

/// A city whose standard asks at least half of a list to be private firms, from two candidates on.
async fn with_rule(holds: &str) -> Vec<RoundCity> {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../standards/changzhou-2016/"
    );
    let read = |name: &str| std::fs::read_to_string(format!("{folder}{name}")).unwrap();
    let text = read("standard.toml");
    let rule = text.find("key = \"private-firms\"").unwrap();
    let (before, after) = text.split_at(rule);
    let after = after
        .replacen("at_least = \"30%\"", "at_least = \"50%\"", 1)
        .replacen("counted_from = 3", "counted_from = 2", 1)
        .replacen("holds = \"warn\"", &format!("holds = \"{holds}\""), 1);
    let text = format!("{before}{after}");
    let standard = jianjia_standard::load::texts(&text, &read("facts.toml")).unwrap();
    let standard = Arc::new(standard);
    let mut cities = cities().await;
    for city in &mut cities {
        city.city.app.standards = Standards::of_one(standard.clone());
    }
    cities
}

async fn says(city: &RoundCity, id: &ApplicationId, choice: &str) {
    let answers = [(*id, "ownership".to_owned(), choice.to_owned())];
    let of = (2016, TITLE, &city.district.id);
    recommendations::say(&city.city.app, &city.approver, of, &answers)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_broken_rule_bars_closing_one_met_at_its_edge_does_not_and_unknown_is_never_no() {
    for city in with_rule("bar").await {
        let app = &city.city.app;
        let ids = candidates(&city, &["甲厂工会", "乙厂工会"]).await;
        city.gives_places(0, 2).await;
        ranked(&city, &ids).await;
        let rule = async || {
            let list = recommendations::list(app, &city.approver, 2016, TITLE, None).await;
            let line = list.unwrap().structure.remove(0);
            (line.recommended, line.ranked)
        };
        let tally = |yes, no, unknown| Tally { yes, no, unknown };
        assert_eq!(
            rule().await,
            (
                (tally(0, 0, 0), Holding::TooFew),
                (tally(0, 0, 2), Holding::Unknown)
            )
        );
        recommended(&city, &ids).await;
        says(&city, &ids[0], "state").await;
        assert_eq!(rule().await.0, (tally(0, 1, 1), Holding::Unknown));
        says(&city, &ids[1], "state").await;
        assert_eq!(rule().await.0, (tally(0, 2, 0), Holding::Broken));
        let district = &city.district.id;
        let close =
            async || recommendations::close(app, &city.approver, 2016, TITLE, district).await;
        assert_eq!(
            told(close().await),
            "推荐名单还不符合结构要求，不能办结：民营企业的候选不少于 30%（2 个里：是 0 个，不是 2 个，不知道 0 个）。请调整推荐的人选；要求有误的，请与市总工会联系（条款 P3）。"
        );
        says(&city, &ids[1], "private").await;
        assert_eq!(rule().await.0, (tally(1, 1, 0), Holding::Met));
        close().await.unwrap();
        let late = [(ids[0], "ownership".to_owned(), "private".to_owned())];
        let of = (2016, TITLE, district);
        let late = recommendations::say(app, &city.approver, of, &late).await;
        assert_eq!(key(late), "recommendation/closed");
    }
}

#[tokio::test]
async fn a_rule_that_only_warns_or_is_unknown_closes_the_list() {
    for holds in ["warn", "bar"] {
        for city in with_rule(holds).await {
            let app = &city.city.app;
            let ids = candidates(&city, &["甲厂工会", "乙厂工会"]).await;
            city.gives_places(0, 2).await;
            recommended(&city, &ids).await;
            says(&city, &ids[0], "state").await;
            if holds == "warn" {
                says(&city, &ids[1], "state").await;
            }
            let district = &city.district.id;
            recommendations::close(app, &city.approver, 2016, TITLE, district)
                .await
                .unwrap();
        }
    }
}

#[tokio::test]
async fn the_union_answers_with_its_application_and_what_nobody_asks_is_not_found() {
    for city in cities().await {
        let app = &city.city.app;
        city.holds(&city.union, None, "model-home", 2015).await;
        let id = city.draft(&city.chair, &city.union, TITLE).await;
        let edit = async |property: &str, choice: &str| {
            let answers = [(property.to_owned(), choice.to_owned())];
            let revision = city.read(&id).await.revision;
            applications::edit_saying(app, &city.chair, &id, "我们的家", &answers, revision).await
        };
        edit("ownership", "private").await.unwrap();
        let view = applications::view(app, &city.chair, &id).await.unwrap();
        let held: Vec<Option<&str>> = view
            .answers
            .iter()
            .map(|answer| answer.holds.as_ref().map(|(key, _)| key.as_str()))
            .collect();
        assert_eq!(held, [Some("private")]);
        assert_eq!(key(edit("ownership", "church").await), "not-found");
        assert_eq!(key(edit("work", "leader").await), "not-found");
        edit("ownership", "").await.unwrap();
        let view = applications::view(app, &city.chair, &id).await.unwrap();
        assert_eq!(view.answers[0].holds, None);
    }
}

#[tokio::test]
async fn a_township_sends_no_more_on_than_the_share_that_the_district_gave_it() {
    for city in cities().await {
        let app = &city.city.app;
        let mut ids = Vec::new();
        for name in ["甲厂工会", "乙厂工会"] {
            let (union, chair) = city.another(name).await;
            city.holds(&union, None, "model-home", 2015).await;
            ids.push(city.applied(&chair, &union, TITLE).await.id);
        }
        city.gives_places(0, 2).await;
        let of = (2016, TITLE, &city.district.id);
        let split = async |seen: i64, places: &str| {
            let input = ShareInput {
                unit: city.township.id,
                seen,
                places: places.to_owned(),
            };
            recommendations::split(app, &city.approver, of, &[input]).await
        };
        assert_eq!(
            told(split(0, "1").await),
            "市总工会没有规定信赖职工之家的名额可以分到镇（街道），不能分配；确有需要请与市总工会联系。"
        );
        let open = async |who: &Actor, is_open| {
            recommendations::open_for_shares(app, who, 2016, TITLE, is_open).await
        };
        assert_eq!(key(open(&city.approver, true).await), "not-found");
        open(&city.leader, true).await.unwrap();
        assert_eq!(
            told(split(0, "3").await),
            "分到镇（街道）的合计 3 个，比本单位的 2 个名额多；请减少后再保存。"
        );
        assert_eq!(split(0, "1").await.unwrap(), 1);
        city.endorsed(&ids[0]).await;
        let endorse = async || {
            let input = city.opinion(&ids[1]).await;
            reviews::endorse(app, &city.local, &ids[1], &input).await
        };
        assert_eq!(
            told(endorse().await),
            "上级分给本单位的信赖职工之家名额是 1 个，已经报送 1 个，不能再报送（条款 P3 择优推荐）。请在名额内择优，或者请上级增加名额；要换人的，请上级先退回一个。"
        );
        assert_eq!(
            told(split(1, "0").await),
            "雕庄街道总工会已经报送 1 个，名额不能减到 0 个；请先把多出的退回给它。"
        );
        // What is given on can't be taken away above.
        let fewer = [place(&city.district, 2, "0")];
        let fewer = recommendations::set_places(app, &city.leader, 2016, &fewer).await;
        assert_eq!(key(fewer), "quota/fewer-than-shared");
        let table = recommendations::shares(app, &city.approver, 2016, TITLE, None).await;
        let table = table.unwrap();
        assert_eq!(
            (table.places, table.shared(), table.rows[0].used),
            (2, 1, 1)
        );
        // The city ends it: the share limits nobody.
        open(&city.leader, false).await.unwrap();
        endorse().await.unwrap();
    }
}
