"""The service «Оживи фото»: the dialog with assistants, the page for phones, the API, jobs, media and the command line."""
