//! Reserves: who moves up when a place came free, who is passed over, and who has to be looked through first.

use jianjia_app::{
    core::error::Error,
    round::{
        recommendation::{self as recommendations, Standing},
        review::{self as reviews, BulkAct, BulkInput, RejectInput},
    },
};
use jianjia_domain::{
    core::{
        ids::ApplicationId,
        message::{Kind, Said},
        place::{UnitKind, UnitPlace},
        policy::Actor,
    },
    round::application::{Application, EventAct},
};
use jianjia_store::round::application as store;

use super::{TITLE, candidates, ranked, recommended, says, with_rule};
use crate::{
    city::{RoundCity, cities},
    key, telling, told,
};

/// The district takes a reserve up; `reason` is why those before it are passed over.
pub async fn takes_up(
    city: &RoundCity,
    id: &ApplicationId,
    reason: &str,
) -> Result<Application, Error> {
    let expected = city.now(id).await;
    let of = (2016, TITLE, &city.district.id);
    recommendations::take_up(&city.city.app, &city.approver, of, id, reason, &expected).await
}

/// The city turns a candidate down.
pub async fn turned_down(city: &RoundCity, id: &ApplicationId) {
    let input = RejectInput {
        reason: "被查实拖欠工资".to_owned(),
        reasons: Vec::new(),
        expected: city.now(id).await,
    };
    reviews::reject(&city.city.app, &city.leader, id, &input)
        .await
        .unwrap();
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
            key(takes_up(&city, &ids[1], "").await),
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
            told(takes_up(&city, &ids[2], "").await),
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
            key(takes_up(&city, &ids[1], "").await),
            "application/falls-short"
        );
        let taken = takes_up(&city, &ids[2], "").await.unwrap();
        assert_eq!(taken.recommended_by, Some(city.district.id));
        let mut tx = app.db.read().await.unwrap();
        let events = store::events(&mut tx, &ids[2]).await.unwrap();
        drop(tx);
        assert_eq!(
            events.last().map(|event| event.act),
            Some(EventAct::TakenUp)
        );
        assert_eq!(
            key(takes_up(&city, &ids[3], "").await),
            "recommendation/no-place-free"
        );
    }
}

/// A list of one place, closed: the first is turned down afterwards, nobody looked through the second, and the third is looked through.
async fn with_one_not_looked_through(city: &RoundCity) -> ([ApplicationId; 3], Actor) {
    let looked = candidates(city, &["甲厂工会", "丙厂工会"]).await;
    let (union, chair) = city.another("乙厂工会").await;
    city.holds(&union, None, "model-home", 2015).await;
    let second = city.applied(&chair, &union, TITLE).await.id;
    city.endorsed(&second).await;
    let ids = [looked[0], second, looked[1]];
    city.gives_places(0, 1).await;
    ranked(city, &ids).await;
    recommended(city, &ids[..1]).await;
    let (app, district) = (&city.city.app, &city.district.id);
    recommendations::close(app, &city.approver, 2016, TITLE, district)
        .await
        .unwrap();
    turned_down(city, &ids[0]).await;
    // After the time for reviewing and for recommending, as long as the city names.
    city.on(2017, 2, 10);
    (ids, chair)
}

async fn standings(city: &RoundCity) -> Vec<Standing> {
    let list = recommendations::list(&city.city.app, &city.approver, 2016, TITLE, None);
    let candidates = list.await.unwrap().candidates.into_iter();
    candidates.filter_map(|one| one.standing).collect()
}

#[tokio::test]
async fn a_reserve_through_which_nobody_looked_is_passed_over_with_a_reason_that_it_is_told() {
    for city in cities().await {
        let (ids, chair) = with_one_not_looked_through(&city).await;
        let found = standings(&city).await;
        assert!(found.iter().all(|one| one.is_fit), "{found:?}");
        assert!(
            found[0].unconfirmed > 0 && found[1].unconfirmed == 0,
            "{found:?}"
        );
        assert_eq!(
            key(takes_up(&city, &ids[1], "").await),
            "application/unconfirmed"
        );
        assert_eq!(
            told(takes_up(&city, &ids[2], " ").await),
            format!(
                "递补按名次进行，排在前面的“乙厂工会”还有 {} 条没有核实，所以还轮不到后面的（条款 P3 择优推荐）。请先打开它的申报逐条核实，或者以本人名义认定，再由它递补；不由它递补的，请写明越过它的理由。",
                found[0].unconfirmed
            )
        );
        let taken = takes_up(&city, &ids[2], "多次联系不上").await.unwrap();
        assert_eq!(taken.recommended_by, Some(city.district.id));
        let told = telling::inbox(&city, &chair).await;
        let passed = told.iter().filter(|one| one.kind == Some(Kind::PassedOver));
        let because: Vec<&[Said]> = passed.map(|one| one.detail.because.as_slice()).collect();
        assert_eq!(because, [&[Said::from("多次联系不上")]]);
    }
}

#[tokio::test]
async fn a_reserve_is_looked_through_after_the_time_for_reviewing_and_then_moves_up() {
    for city in cities().await {
        let app = &city.city.app;
        let (ids, _) = with_one_not_looked_through(&city).await;
        let desk = reviews::desk(app, &city.approver, &ids[1]).await.unwrap();
        let acts = &desk.acts;
        assert!(acts.find && desk.barred.is_none());
        assert!(!acts.recommend && !acts.reject && !acts.send_back && !acts.take);
        city.looked_through(&ids[1]).await;
        assert_eq!(
            key(takes_up(&city, &ids[2], "想换一个").await),
            "recommendation/not-the-next"
        );
        takes_up(&city, &ids[1], "").await.unwrap();
        // Once the city no longer names, nothing is looked through any more.
        city.on(2018, 1, 10);
        let late = reviews::confirm_rest(app, &city.reviewer, &ids[2], "补核").await;
        assert_eq!(key(late), "round/outside-window");
    }
}

#[tokio::test]
async fn the_approver_confirms_a_reserve_in_the_own_name_after_the_time_for_recommending() {
    for city in cities().await {
        let app = &city.city.app;
        let (ids, _) = with_one_not_looked_through(&city).await;
        let input = BulkInput {
            act: BulkAct::Confirm,
            chosen: vec![(ids[1], city.read(&ids[1]).await.revision)],
            opinion: "电话核对过".to_owned(),
            request_key: "bulk".to_owned(),
        };
        let lines = reviews::carry_out(app, &city.approver, &input)
            .await
            .unwrap();
        assert!(lines[0].refusal.is_none(), "{:?}", lines[0].refusal);
        takes_up(&city, &ids[1], "").await.unwrap();
    }
}

#[tokio::test]
async fn a_reserve_with_whom_the_list_would_break_a_barring_rule_is_passed_over() {
    for third in ["state", ""] {
        for city in with_rule("bar").await {
            let app = &city.city.app;
            let names = ["甲厂工会", "乙厂工会", "丙厂工会", "丁厂工会"];
            let ids = candidates(&city, &names).await;
            city.gives_places(0, 2).await;
            ranked(&city, &ids).await;
            for (id, choice) in ids.iter().zip(["private", "state", third, "private"]) {
                if !choice.is_empty() {
                    says(&city, id, choice).await;
                }
            }
            recommended(&city, &ids[..2]).await;
            let district = &city.district.id;
            recommendations::close(app, &city.approver, 2016, TITLE, district)
                .await
                .unwrap();
            turned_down(&city, &ids[0]).await;
            if third.is_empty() {
                // Unknown is never no.
                takes_up(&city, &ids[2], "").await.unwrap();
                continue;
            }
            assert_eq!(
                told(takes_up(&city, &ids[2], "").await),
                "由“丙厂工会”递补，推荐名单就不符合结构要求，不能递补：民营企业的候选不少于 30%（2 个里：是 0 个，不是 2 个，不知道 0 个；至少要有 1 个）。请由后面符合要求的候选递补，没有的把名额退回市总工会；要求有误的，请与市总工会联系（条款 P3）。"
            );
            takes_up(&city, &ids[3], "").await.unwrap();
        }
    }
}
