//! Many applications decided or confirmed at once.

use jianjia_app::round::{
    application as applications,
    review::{self as reviews, BulkAct, BulkInput, FindingInput, QueueInput},
};
use jianjia_domain::round::review::Outcome;
use jianjia_standard::Lang;
use jianjia_store::honour::honour;

use crate::{city::cities, key};

#[tokio::test]
async fn many_are_decided_at_once_after_a_preview_that_keeps_nothing() {
    for city in cities().await {
        let app = &city.city.app;
        let mut chosen = Vec::new();
        for name in ["甲厂工会", "乙厂工会"] {
            let (union, chair) = city.another(name).await;
            let id = city.applied(&chair, &union, "qualified-home").await.id;
            city.endorsed(&id).await;
            chosen.push((id, city.read(&id).await.revision));
        }
        let finding = FindingInput {
            clause: "Q1".to_owned(),
            outcome: Outcome::Rejected,
            note: "主席未选举".to_owned(),
        };
        reviews::record_finding(app, &city.reviewer, &chosen[1].0, &finding)
            .await
            .unwrap();
        let input = BulkInput {
            act: BulkAct::Decide,
            chosen: chosen.clone(),
            opinion: "同意".to_owned(),
            request_key: "bulk".to_owned(),
        };
        for (id, _) in &chosen {
            city.looked_through(id).await;
        }
        let outcome = |lines: &[reviews::BulkLine]| -> Vec<Option<&'static str>> {
            lines
                .iter()
                .map(|line| line.refusal.as_ref().map(|refusal| refusal.key()))
                .collect()
        };
        let expect = [None, Some("application/falls-short")];
        let shown = reviews::preview(app, &city.approver, &input).await.unwrap();
        assert_eq!(outcome(&shown), expect);
        assert_eq!(city.read(&chosen[0].0).await.state.key(), "under-review");
        let done = reviews::carry_out(app, &city.approver, &input)
            .await
            .unwrap();
        assert_eq!(outcome(&done), expect);
        assert_eq!(city.read(&chosen[0].0).await.state.key(), "named");
        assert_eq!(city.read(&chosen[1].0).await.state.key(), "under-review");
        // Sent again, the first stays named once.
        let again = reviews::carry_out(app, &city.approver, &input)
            .await
            .unwrap();
        assert_eq!(outcome(&again), expect);
        let mut tx = app.db.read().await.unwrap();
        let held = honour::held(&mut tx, &done[0].application.unit.id, None)
            .await
            .unwrap();
        assert_eq!(held.len(), 1);
    }
}

#[tokio::test]
async fn what_nobody_confirmed_is_not_decided_in_bulk_unless_confirmed_with_a_reason() {
    for city in cities().await {
        let app = &city.city.app;
        let (union, chair) = city.another("甲厂工会").await;
        let id = city.applied(&chair, &union, "qualified-home").await.id;
        city.endorsed(&id).await;
        let bulk = |act, opinion: &str, request_key: &str, revision| BulkInput {
            act,
            chosen: vec![(id, revision)],
            opinion: opinion.to_owned(),
            request_key: request_key.to_owned(),
        };
        let revision = city.read(&id).await.revision;
        let queue = async || {
            reviews::queue(app, &city.approver, &QueueInput::default())
                .await
                .unwrap()
                .looked_at
        };
        let asked = queue().await[0].asked;
        assert_eq!(queue().await[0].files, 0);
        city.attaches_a_file(&union, "own_account").await;
        assert_eq!(queue().await[0].files, 1);
        assert!(asked > 0);
        assert_eq!(
            (queue().await[0].confirmed, queue().await[0].rejected),
            (0, 0)
        );
        let decide = bulk(BulkAct::Decide, "同意", "d", revision);
        let shown = reviews::preview(app, &city.approver, &decide)
            .await
            .unwrap();
        assert_eq!(shown[0].unconfirmed.len(), asked);
        let refusal = shown[0].refusal.as_ref().unwrap();
        assert_eq!(refusal.key(), "application/unconfirmed");
        assert!(
            refusal.sentence(Lang::Zh).starts_with(&format!(
                "有自报达到、尚无人核实的条目：“甲厂工会”{asked} 条（"
            )),
            "{}",
            refusal.sentence(Lang::Zh)
        );
        // Neither an opinion nor a reason is made up.
        let silent = bulk(BulkAct::Confirm, " ", "c", revision);
        let silent = reviews::carry_out(app, &city.approver, &silent).await;
        assert_eq!(key(silent), "application/reason-missing");
        let confirm = bulk(BulkAct::Confirm, "已集中查看台账", "c", revision);
        // A reviewer may find on criteria, but not confirm the rest in an approver's name.
        let reviewer = reviews::carry_out(app, &city.reviewer, &confirm)
            .await
            .unwrap();
        assert_eq!(reviewer[0].refusal.as_ref().unwrap().key(), "not-your-role");
        let confirmed = reviews::carry_out(app, &city.approver, &confirm)
            .await
            .unwrap();
        assert!(confirmed[0].refusal.is_none());
        assert_eq!(queue().await[0].confirmed, asked);
        let view = applications::view(app, &city.approver, &id).await.unwrap();
        let found = view.findings.last().unwrap();
        assert_eq!(
            (found.note.as_str(), found.account_name.as_str()),
            ("已集中查看台账", "区里赵部长")
        );
        let done = reviews::carry_out(app, &city.approver, &decide)
            .await
            .unwrap();
        assert!(done[0].refusal.is_none());
        assert_eq!(city.read(&id).await.state.key(), "named");
    }
}
