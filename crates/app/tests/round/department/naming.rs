//! What departments said, and did not say, of those who are to be named.

use jianjia_app::round::{
    department as departments, entry as entries, naming as namings,
    recommendation as recommendations,
};
use jianjia_domain::round::department::{AnswerInput, gap::Gap};

use super::{answerer, applying, entry_of, in_state};
use crate::city::cities;

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

#[tokio::test]
async fn who_names_sees_which_departments_have_said_nothing_of_a_candidate() {
    for city in cities().await {
        let app = &city.city.app;
        let tax = answerer(&city, "税务赵", "tax").await;
        let courts = answerer(&city, "法院孙", "courts").await;
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
        let gap_of = async |key: &str| {
            let list = namings::list(app, &city.leader, 2016, "trusted-home", 1).await;
            let candidate = list.unwrap().candidates.remove(0);
            assert!(candidate.may_be_named(), "what is missing is shown only");
            let name = app.standards.of(2016).department(key).unwrap().name.clone();
            let mut gaps = candidate.unanswered.into_iter();
            gaps.find(|one| one.departments.contains(&name))
                .map(|one| one.gap)
        };
        assert_eq!(gap_of("tax").await, Some(Gap::NotAsked));
        for department in ["tax", "courts"] {
            departments::send(app, &city.leader, 2016, department)
                .await
                .unwrap();
        }
        assert_eq!(gap_of("tax").await, Some(Gap::Silent));
        assert_eq!(gap_of("petitions").await, Some(Gap::NotAsked));
        let unknown = AnswerInput {
            answer: "unknown".to_owned(),
            note: "登记地不在本市".to_owned(),
            ..AnswerInput::default()
        };
        departments::answer(app, &courts, 2016, &union.id, &unknown)
            .await
            .unwrap();
        departments::answer_alike(app, &tax, 2016, &[union.id], "clear")
            .await
            .unwrap();
        assert_eq!(gap_of("courts").await, Some(Gap::Unknown));
        assert_eq!(gap_of("tax").await, None);
        // What was written beside the answer is kept.
        let (_, asked, _) = departments::asked(app, &courts, 2016, &union.id)
            .await
            .unwrap();
        assert_eq!(asked.answer.unwrap().note, "登记地不在本市");
    }
}
