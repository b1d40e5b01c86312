//! Stories of titles that are looked at again in their cycle.

use jianjia_app::check::renewal::{DueFilter, RenewalAct, RenewalInput};

use super::*;

#[tokio::test]
async fn titles_are_due_in_their_cycle_and_renewed_or_revoked_together() {
    for city in cities().await {
        let app = &city.city.app;
        let (second, _) = city.another("第二纺织厂工会").await;
        city.holds(&second, None, "qualified-home", 2016).await;
        city.on(2017, 6, 1);
        let all = DueFilter::default();
        let chair = renewals::due(app, &city.chair, &all, 1).await;
        assert_eq!(key(chair), "not-your-role");
        assert_eq!(
            renewals::due(app, &city.approver, &all, 1)
                .await
                .unwrap()
                .total,
            0
        );
        city.on(2018, 6, 1);
        let due = renewals::due(app, &city.approver, &all, 1).await.unwrap();
        let names: Vec<&str> = due
            .lines
            .iter()
            .map(|due| due.holder_name.as_str())
            .collect();
        assert!(
            names.contains(&"第一纺织厂工会") && names.contains(&"第二纺织厂工会"),
            "{names:?}"
        );
        let one = DueFilter {
            name: "第二".to_owned(),
            ..DueFilter::default()
        };
        let found = renewals::due(app, &city.approver, &one, 1).await.unwrap();
        assert_eq!(
            (found.total, found.lines[0].holder_name.as_str()),
            (1, "第二纺织厂工会")
        );
        let of = |name: &str| {
            let line = due
                .lines
                .iter()
                .find(|due| due.holder_name == name)
                .unwrap();
            (line.honour, format!("{}~{}", line.honour, line.revision))
        };
        let (kept, kept_seen) = of("第一纺织厂工会");
        let (gone, gone_seen) = of("第二纺织厂工会");
        // The titles are of the city's level: the district lists them, the city deals with them.
        let shown = renewals::preview(app, &city.approver, RenewalAct::Renew, &[kept, gone]).await;
        assert!(shown.unwrap().iter().all(|(_, refusal)| refusal.is_some()));
        let shown = renewals::preview(app, &city.leader, RenewalAct::Renew, &[kept, gone]).await;
        assert!(shown.unwrap().iter().all(|(_, refusal)| refusal.is_none()));
        let input = |seen: &str, reason: &str| RenewalInput {
            seen: vec![seen.to_owned()],
            reason: reason.to_owned(),
            document_number: String::new(),
        };
        let bare = input(&kept_seen, " ");
        let refused = renewals::carry_out(app, &city.leader, RenewalAct::Renew, &bare).await;
        assert_eq!(key(refused), "visit-remark/reason-missing");
        let renewed = input(&kept_seen, "看过台账，仍符合");
        renewals::carry_out(app, &city.leader, RenewalAct::Renew, &renewed)
            .await
            .unwrap();
        let revoked = input(&gone_seen, "两年没有活动");
        renewals::carry_out(app, &city.leader, RenewalAct::Withdraw, &revoked)
            .await
            .unwrap();
        let left = renewals::due(app, &city.approver, &all, 1).await.unwrap();
        let left: Vec<_> = left.lines.iter().map(|due| due.honour).collect();
        assert!(!left.contains(&kept) && !left.contains(&gone));
        let plaques = renewals::plaques(app, &city.approver, 1).await.unwrap();
        assert_eq!(plaques.lines[0].0.honour, gone);
        // What changed since the preview is told.
        let stale = renewals::carry_out(app, &city.leader, RenewalAct::Withdraw, &revoked).await;
        assert_eq!(key(stale), "stale");
    }
}
