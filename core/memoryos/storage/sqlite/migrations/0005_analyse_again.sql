-- Pages whose fact went when another page that told it was forgotten: they are analysed once more, whatever the heat.
CREATE TABLE analyse_again (
    page INTEGER PRIMARY KEY REFERENCES pages (seq) ON DELETE CASCADE
);
