//! What the acts of a poll tell: the union's other people how far it is, the union above what it is asked, and nobody else.

use jianjia_app::{office::message as messages, rating::poll as polls};
use jianjia_demo::testing::polling;
use jianjia_domain::core::{
    message::{Kind, Received, Said},
    policy::{Actor, Role},
};

use super::{Home, homes};

async fn inbox(home: &Home, who: &Actor) -> Vec<Received> {
    let found = messages::inbox(&home.city.app, who, 1).await.unwrap();
    found.messages
}

/// The kinds of somebody's messages, sorted.
async fn kinds(home: &Home, who: &Actor) -> Vec<&'static str> {
    let found = inbox(home, who).await;
    let kinds = found.iter().filter_map(|message| message.kind);
    let mut kinds: Vec<&'static str> = kinds.map(Kind::key).collect();
    kinds.sort_unstable();
    kinds
}

#[tokio::test]
async fn a_poll_tells_the_union_how_far_it_is_and_the_union_above_what_it_is_asked() {
    for home in homes().await {
        let (app, chair) = (&home.city.app, &home.chair);
        let clerk = home
            .city
            .actor("吴经办", &[(Role::Clerk, &home.union)])
            .await;
        let first = polling::open(app, chair, &home.union, 2016, 20).await;
        // Whoever did it need not be told.
        assert_eq!(kinds(&home, &clerk).await, ["poll-opened", "poll-ready"]);
        assert_eq!(kinds(&home, chair).await, [""; 0]);
        first.cast(app, 0, [6, 2, 4, 0]).await;
        first.finish(app, chair, [0, 0, 0, 0]).await;
        // The box is opened and the record signed by members' codes: that the chair is told, too.
        assert_eq!(kinds(&home, chair).await, ["poll-counted", "poll-signed"]);
        let of_first = [
            "poll-closed",
            "poll-counted",
            "poll-opened",
            "poll-ready",
            "poll-signed",
        ];
        assert_eq!(kinds(&home, &clerk).await, of_first);
        assert_eq!(kinds(&home, &home.reviewer).await, [""; 0]);

        // A second one needs the consent of the union above, which is asked once, however often the plan is saved.
        let plan = polling::plan(20, "2016-12-20");
        let mut second = None;
        for _ in 0..2 {
            let saved = polls::save_plan(app, chair, &home.union.id, 2016, &plan).await;
            second = Some(saved.unwrap());
        }
        let second = second.unwrap();
        assert_eq!(kinds(&home, &home.reviewer).await, ["consent-asked"]);
        polls::consent(app, &home.reviewer, &second, "原来夜班没有投")
            .await
            .unwrap();
        let given = inbox(&home, chair).await;
        let given = given
            .iter()
            .find(|message| message.kind == Some(Kind::ConsentGiven))
            .expect("the consent");
        let says = ["天宁区总工会", home.union.name.as_str(), "2016"];
        assert_eq!(given.detail.says, says.map(Said::from));
        polls::annul(app, &home.reviewer, &second, "名册不实")
            .await
            .unwrap();
        let told = inbox(&home, &clerk).await;
        let annulled = told
            .iter()
            .find(|message| message.kind == Some(Kind::PollAnnulled))
            .expect("that it is void");
        assert_eq!(annulled.detail.because, [Said::from("名册不实")]);
        assert_eq!(kinds(&home, &home.reviewer).await, ["consent-asked"]);
        assert_eq!(kinds(&home, &home.stranger).await, [""; 0]);
    }
}
