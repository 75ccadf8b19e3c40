//! Links between documents lead somewhere.

use std::path::PathBuf;

use super::{at, files};

#[test]
fn every_link_between_documents_leads_to_a_file() {
    let mut documents: Vec<PathBuf> = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"].iter().map(|d| at(d)).collect();
    documents.extend(files("docs", "md"));
    let mut followed = 0;
    for document in &documents {
        let text = std::fs::read_to_string(document).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if target.contains("://") || target.starts_with('#') {
                continue;
            }
            let path = document.parent().unwrap().join(target.split('#').next().unwrap());
            assert!(path.exists(), "{} leads to {target}, which is not there", document.display());
            followed += 1;
        }
    }
    assert!(followed > 15, "only {followed} links were found");
}
