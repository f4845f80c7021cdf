/** Repositories of people who run MinIO on Render already, by path: what `--move-in stack` is run in. */

type Files = Record<string, string>;

const console = `  - type: web
    name: minio-console
    runtime: docker
    region: frankfurt
    plan: starter
    dockerfilePath: ./console/Dockerfile
    dockerContext: ./console
    envVars:
      - key: MINIO_HOST
        fromService:
          type: web
          name: minio-server
          property: host
      - key: MINIO_CONSOLE_PORT
        fromService:
          type: web
          name: minio-server
          envVarKey: MINIO_CONSOLE_PORT
`;

/** MinIO and its console alone, and a disk that was named and sized by hand. The plan is the Dashboard's. */
export const alone: Files = {
  'README.md': '# Files\n',
  'render.yaml': `services:
  # Our files. Do not touch without Anna!
  - type: web
    name: minio-server
    runtime: docker
    region: frankfurt
    dockerfilePath: ./minio/Dockerfile
    dockerContext: ./minio
    autoDeploy: false
    healthCheckPath: /minio/health/live
    disk:
      name: minio-disk
      mountPath: /data
      sizeGB: 25
    envVars:
      - key: PORT
        value: "9000"
      - key: MINIO_CONSOLE_PORT
        value: "9001"
      - key: MINIO_BUCKET
        value: media
      - key: MINIO_ROOT_USER
        value: acme-admin
      - key: MINIO_ROOT_PASSWORD
        sync: false
      - key: MINIO_DOMAIN
        value: files.example.com
${console}`,
  'minio/Dockerfile':
    'FROM minio/minio:RELEASE.2025-04-22T22-12-26Z\nCMD ["server", "/data", "--console-address", ":9001"]\n',
  'console/Dockerfile': 'FROM nginx:1.27-alpine\nCOPY default.conf.template /etc/nginx/templates/\n',
  'console/default.conf.template':
    // biome-ignore lint/suspicious/noTemplateCurlyInString: nginx's image fills it in
    'server { listen 10000; location / { proxy_pass http://${MINIO_HOST}:${MINIO_CONSOLE_PORT}; } }\n',
};

/** A shop with MinIO beside it: data in a subfolder of the mount, root's name and password made by Render. */
export const shop: Files = {
  'README.md': '# Shop\n',
  'requirements.txt': 'django\n',
  'render.yaml': `services:
  - type: web
    name: shop
    runtime: python
    region: frankfurt
    plan: standard
    buildCommand: pip install -r requirements.txt
    startCommand: gunicorn shop.wsgi
    envVars: &storage
      - key: AWS_ACCESS_KEY_ID
        fromService: {type: web, name: shop-minio, envVarKey: MINIO_ROOT_USER}
      - key: AWS_SECRET_ACCESS_KEY
        fromService: {type: web, name: shop-minio, envVarKey: MINIO_ROOT_PASSWORD}
      - key: AWS_STORAGE_BUCKET_NAME
        value: "media"
  - type: worker
    name: shop-worker
    runtime: python
    region: frankfurt
    buildCommand: pip install -r requirements.txt
    startCommand: celery -A shop worker
    envVars: *storage
  - type: web
    name: shop-minio
    env: docker
    region: frankfurt
    plan: standard
    dockerfilePath: ./deploy/minio/Dockerfile
    dockerContext: ./deploy/minio
    healthCheckPath: /minio/health/live
    disk:
      name: media
      mountPath: /mnt/data
    envVars:
      - key: MINIO_ROOT_USER
        generateValue: true
      - key: MINIO_ROOT_PASSWORD
        generateValue: true
      - key: PORT
        value: "9000"
`,
  'deploy/minio/Dockerfile':
    'FROM quay.io/minio/minio:RELEASE.2023-08-04T17-40-21Z\nCMD ["server", "/mnt/data/minio"]\n',
};

/** Render's own template: an image, which Render pulls again at every deploy. Root's name and password are made by Render. */
export const image: Files = {
  'render.yaml': `services:
  # The S3 API
  - type: web
    name: minio-server
    runtime: image
    image:
      url: docker.io/minio/minio:latest
    dockerCommand: minio server /data --address 0.0.0.0:$PORT --console-address 0.0.0.0:$MINIO_CONSOLE_PORT
    healthCheckPath: /minio/health/live
    disk:
      name: data
      mountPath: /data
    envVars:
      - key: MINIO_ROOT_USER
        generateValue: true
      - key: MINIO_ROOT_PASSWORD
        generateValue: true
      - key: PORT
        value: "9000"
      - key: MINIO_CONSOLE_PORT
        value: "9090"
`,
};
