//! Shares that townships have of a federation's places.

use jianjia_app::round::{
    recommendation::{self as recommendations, ShareInput},
    review::{self as reviews, BulkAct, BulkInput},
};
use jianjia_domain::core::{ids::ApplicationId, policy::Actor};

use super::{TITLE, place};
use crate::{
    city::{RoundCity, cities},
    key, telling, told,
};

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

/// The district gives the township a share; empty takes it back.
async fn gives_share(city: &RoundCity, seen: i64, places: &str) {
    let input = ShareInput {
        unit: city.township.id,
        seen,
        places: places.to_owned(),
    };
    let of = (2016, TITLE, &city.district.id);
    recommendations::split(&city.city.app, &city.approver, of, &[input])
        .await
        .unwrap();
}

async fn opened(city: &RoundCity) {
    recommendations::open_for_shares(&city.city.app, &city.leader, 2016, TITLE, true)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_preview_of_many_counts_them_against_the_share_and_says_which_do_not_fit() {
    for city in cities().await {
        let app = &city.city.app;
        let mut chosen: Vec<(ApplicationId, i64)> = Vec::new();
        for name in ["甲厂工会", "乙厂工会", "丙厂工会"] {
            let (union, chair) = city.another(name).await;
            city.holds(&union, None, "model-home", 2015).await;
            let file = city.applied(&chair, &union, TITLE).await;
            chosen.push((file.id, file.revision));
        }
        city.gives_places(0, 3).await;
        opened(&city).await;
        gives_share(&city, 0, "2").await;
        let input = BulkInput {
            act: BulkAct::Endorse,
            chosen,
            opinion: "同意".to_owned(),
            request_key: "bulk".to_owned(),
        };
        let keys = |lines: Vec<reviews::BulkLine>| -> Vec<Option<&'static str>> {
            let lines = lines.into_iter();
            lines.map(|line| Some(line.refusal?.key())).collect()
        };
        let lines = reviews::preview(app, &city.local, &input).await.unwrap();
        let last = lines[2].refusal.clone().unwrap();
        assert_eq!(
            last.sentence(jianjia_standard::Lang::Zh),
            "上级分给本单位的信赖职工之家名额是 2 个，已经报送 0 个，这次勾选的排在前面的 2 个把它用完了，这一份报不了（条款 P3 择优推荐）。请在名额内择优勾选，或者请上级增加名额。"
        );
        assert_eq!(
            keys(lines),
            [None, None, Some("quota/beyond-share-together")]
        );
        // Nothing was kept; what is done comes out as the preview said.
        let done = reviews::carry_out(app, &city.local, &input).await.unwrap();
        assert_eq!(keys(done), [None, None, Some("quota/beyond-share")]);
    }
}

#[tokio::test]
async fn a_township_is_told_of_each_change_of_its_share_once() {
    for city in cities().await {
        city.gives_places(0, 3).await;
        opened(&city).await;
        let told = async |of: &str| {
            let kinds = telling::kinds(&city, &city.local).await.into_iter();
            kinds.filter(|kind| kind == of).count()
        };
        let shares = async || told("shares-given").await;
        gives_share(&city, 0, "1").await;
        assert_eq!(shares().await, 1);
        // The same once more changes nothing.
        gives_share(&city, 1, "1").await;
        assert_eq!(shares().await, 1);
        gives_share(&city, 1, "2").await;
        assert_eq!(shares().await, 2);
        // Taken back and given anew.
        gives_share(&city, 2, "").await;
        assert_eq!(told("shares-taken-back").await, 1);
        gives_share(&city, 0, "1").await;
        assert_eq!(shares().await, 3);
    }
}
