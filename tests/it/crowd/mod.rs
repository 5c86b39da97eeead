//! Two hundred volunteers at once, over HTTP: nobody is asked too often, nobody twice, and no answer
//! that was acknowledged is lost. One file per kind of crowd, and what they share.

mod audit;
mod load;
mod person;
mod site;
mod trouble;
