//! What a new version would change for people.

use jianjia_app::amending::amendment::{self as amendments, Sent, Source};
use jianjia_domain::{amending::amendment::DraftInput, register::person::Post};
use serde_json::json;

use super::{changzhou, run_jobs};
use crate::city::cities;

const WORKER: &str = "outstanding-worker";

#[tokio::test]
async fn who_of_the_people_would_gain_a_title_by_a_version_is_counted_and_listed_on_both_engines() {
    for city in cities().await {
        let (app, office) = (&city.city.app, &city.leader);
        let one = city.city.person(&city.union, "张三", Post::Worker).await;
        let answers = [("loyal_and_devoted", true), ("workers_satisfied", false)];
        let answers = answers.map(|(key, answer)| (key.to_owned(), json!(answer)));
        city.says(&city.union, Some(&one), answers.into()).await;
        city.person(&city.union, "李四", Post::Worker).await;

        // Any of the basic conditions would do.
        let texts = changzhou();
        let all = "{ all = [{ fact = \"loyal_and_devoted\" }";
        let any = all.replace("all", "any");
        let changed = texts.standard_toml.replacen(all, &any, 1);
        assert_ne!(changed, texts.standard_toml);
        let from = Source::Upload {
            year: 2016,
            sent: vec![
                Sent::text("standard.toml", &changed),
                Sent::text("facts.toml", &texts.facts_toml),
            ],
        };
        let input = DraftInput {
            name: "2017 年修订".to_owned(),
            reason: "放宽个人基本条件".to_owned(),
            request_key: "draft".to_owned(),
        };
        let id = amendments::draft(app, office, &from, &input).await.unwrap();
        amendments::ask_for_effect(app, office, &id).await.unwrap();
        assert!(run_jobs(&city).await > 0);
        let view = amendments::view(app, office, &id).await.unwrap();
        let of = |title: &str| {
            let mut effects = view.effect.iter();
            let found = effects.find(|effect| effect.title == title).unwrap();
            let met = (found.judged, found.met_before, found.met_after);
            (met, (found.gain, found.lose, found.unclear))
        };
        assert_eq!(of(WORKER), ((2, 1, 2), (1, 0, 0)));
        // Neither holds the title below, which no version changes.
        assert_eq!(of("trusted-kin"), ((2, 0, 0), (0, 0, 0)));
        let listed = async |change: &str| {
            let of = (WORKER, change);
            let (lines, total) = amendments::affected(app, office, &id, of, (10, 0))
                .await
                .unwrap();
            let names = lines.into_iter().map(|line| (line.person, line.unit.name));
            (names.collect::<Vec<_>>(), total)
        };
        let gained = (Some("张三".to_owned()), "第一纺织厂工会".to_owned());
        assert_eq!(listed("gain").await, (vec![gained], 1));
        assert_eq!(listed("lose").await, (Vec::new(), 0));
    }
}
