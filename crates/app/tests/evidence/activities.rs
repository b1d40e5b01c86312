//! Stories of activities: logged once with their photos, and refused field by field.

use image::ImageFormat;
use jianjia_app::{core::error::Error, year::activity as activities};
use jianjia_domain::{core::refusal::Refusal, year::activity::ActivityInput};
use jianjia_standard::{Lang, period::Every};

use super::{file, homes, photo};

fn activity(held_on: &str, kind: &str, title: &str) -> ActivityInput {
    ActivityInput {
        held_on: held_on.to_owned(),
        kind: kind.to_owned(),
        title: title.to_owned(),
        participants: "45".to_owned(),
        note: String::new(),
        with_others: false,
    }
}

#[tokio::test]
async fn an_activity_is_logged_once_with_its_photos_and_fills_its_month_and_quarter() {
    for home in homes().await {
        let app = &home.city.app;
        let input = activity("2016-02-18", "quality", "元宵读书会");
        let photos = || vec![file("现场.png", photo(ImageFormat::Png, false))];
        let mut ids = Vec::new();
        for _ in 0..2 {
            let id = activities::log(
                app,
                &home.chair,
                &home.union.id,
                &input,
                photos(),
                &[],
                "key",
            )
            .await;
            ids.push(id.unwrap());
        }
        assert_eq!(ids[0], ids[1]);
        let log = activities::read(app, &home.reviewer, &home.union.id)
            .await
            .unwrap();
        assert_eq!(log.activities.len(), 1);
        assert_eq!(log.evidence[&ids[0]].len(), 1);
        assert!(!log.may_log);
        let rhythms: Vec<(Every, Vec<usize>, usize)> = log
            .rhythms
            .iter()
            .map(|rhythm| {
                let done = rhythm
                    .periods
                    .iter()
                    .map(|period| period.activities)
                    .collect();
                (rhythm.every, done, rhythm.missing())
            })
            .collect();
        assert_eq!(
            rhythms,
            [
                (Every::Quarter, vec![0, 1, 0, 0, 0], 3),
                (
                    Every::Month,
                    vec![0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
                    11
                ),
            ]
        );
        for _ in 0..2 {
            activities::remove(app, &home.chair, &home.union.id, &ids[0])
                .await
                .unwrap();
        }
        let log = activities::read(app, &home.chair, &home.union.id)
            .await
            .unwrap();
        assert_eq!(log.activities, []);
        let stranger = activities::remove(app, &home.stranger, &home.union.id, &ids[0]).await;
        assert!(matches!(stranger, Err(Error::NotFound)));
    }
}

#[tokio::test]
async fn a_wrong_activity_is_told_at_every_field() {
    for home in homes().await {
        let mut input = activity("2016-12-01", "party", " ");
        input.participants = "很多".to_owned();
        let refused = activities::log(
            &home.city.app,
            &home.chair,
            &home.union.id,
            &input,
            vec![],
            &[],
            "",
        )
        .await;
        let Err(Error::Refused(Refusal::Fields(fields))) = refused else {
            panic!("refused at fields");
        };
        let told: Vec<(&str, String)> = fields
            .iter()
            .map(|(field, refusal)| (field.as_str(), refusal.sentence(Lang::Zh)))
            .collect();
        assert_eq!(
            told,
            [
                (
                    "held_on",
                    "2016-12-01 还没到（今天是 2016-10-20）：活动办完以后再登记。".to_owned()
                ),
                (
                    "kind",
                    "2016 年的活动分为：素质提升、技能竞赛、困难帮扶、文体娱乐。请改选一类，或者核对日期。"
                        .to_owned()
                ),
                (
                    "title",
                    "请写一句活动名称，如“春季职工趣味运动会”。".to_owned()
                ),
                (
                    "participants",
                    "参加人数应为整数；没有数过就空着。".to_owned()
                ),
            ]
        );
    }
}
